import type { Place } from './completion-model.ts';

/** A bash function that completes words, flags and the values of flags with choices; files elsewhere. */
export function bashScript(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `# bash completion of referral. Load it with: source <(referral completion bash)
_referral() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case "$next" in
      ${paths.join('|')}) path=$next ;;
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
${choiceLines(places).join('\n')}
  esac
  case "$path" in
${places.map(wordLine).join('\n')}
  esac
}
complete -o default -F _referral referral
`;
}

/** Values by flag. What most commands have in common is said once, after the exceptions: the first match wins. */
function choiceLines(places: readonly Place[]): string[] {
  const usual = new Map<string, string>();
  const exceptions: string[] = [];
  for (const { path, flags } of places) {
    for (const { names, choices } of flags.filter((flag) => flag.choices.length > 0)) {
      const values = choices.join(' ');
      for (const name of names) {
        if (!usual.has(name)) usual.set(name, values);
        if (usual.get(name) !== values) exceptions.push(choiceLine(`'${path} ${name}'`, values));
      }
    }
  }
  return [...exceptions, ...[...usual].map(([name, values]) => choiceLine(`*' ${name}'`, values))];
}

function choiceLine(pattern: string, values: string): string {
  return `    ${pattern}) COMPREPLY=($(compgen -W '${values}' -- "$cur")); return ;;`;
}

function wordLine({ path, words, flags }: Place): string {
  const names = flags.flatMap((flag) => flag.names);
  const all = [...words.map(({ word }) => word), ...(path === '' ? ['--help', '--version'] : names)];
  // Flags only once a dash is there: before it, a file name is what is wanted.
  const plain = words.map(({ word }) => word).join(' ');
  return `    '${path}') if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${all.join(' ')}' -- "$cur")); else COMPREPLY=($(compgen -W '${plain}' -- "$cur")); fi ;;`;
}
