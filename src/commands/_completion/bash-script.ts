import type { Place } from './completion-model.ts';

/** A bash function that completes words, flags and the values of flags with choices; files elsewhere. */
export function bashScript(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `# bash completion of referral. Load it with: source <(referral completion bash)
_referral_names() { "\${COMP_WORDS[0]}" completion names "$1" --no-input --quiet 2>/dev/null; }
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
  for (const { path, name, values } of places.flatMap(listValues)) {
    if (!usual.has(name)) usual.set(name, values);
    if (usual.get(name) !== values) exceptions.push(choiceLine(`'${path} ${name}'`, values));
  }
  return [...exceptions, ...[...usual].map(([name, values]) => choiceLine(`*' ${name}'`, values))];
}

/** What may follow each flag of a place, as bash takes it. */
function listValues({ path, flags }: Place): { path: string; name: string; values: string }[] {
  return flags
    .filter(({ choices, namesOf }) => choices.length > 0 || namesOf !== undefined)
    .flatMap(({ names, choices, namesOf }) => {
      const values = namesOf === undefined ? `'${choices.join(' ')}'` : namesIn(namesOf);
      return names.map((name) => ({ path, name, values }));
    });
}

function choiceLine(pattern: string, values: string): string {
  return `    ${pattern}) COMPREPLY=($(compgen -W ${values} -- "$cur")); return ;;`;
}

/** Asked of the program when somebody presses tab: the only time that the shell starts it. */
function namesIn(kind: string): string {
  return `"$(_referral_names ${kind})"`;
}

function wordLine({ path, words, flags, namesOf }: Place): string {
  const names = flags.flatMap((flag) => flag.names);
  const all = [...words.map(({ word }) => word), ...(path === '' ? ['--help', '--version'] : names)];
  // Flags only once a dash is there: before it, a file name is what is wanted.
  const plain = namesOf === undefined ? `'${words.map(({ word }) => word).join(' ')}'` : namesIn(namesOf);
  return `    '${path}') if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${all.join(' ')}' -- "$cur")); else COMPREPLY=($(compgen -W ${plain} -- "$cur")); fi ;;`;
}
