import { bashScript } from './bash-script.ts';
import type { Place } from './completion-model.ts';

/** zsh runs bash completions by its own `bashcompinit`. */
export function zshScript(places: readonly Place[]): string {
  return `# zsh completion of referral. Load it with: source <(referral completion zsh)
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bashScript(places).split('\n').slice(1).join('\n')}`;
}
