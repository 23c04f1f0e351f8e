import type { Flag, Place } from './completion-model.ts';

/** fish completions: one line per word and flag, each with its description. */
export function fishScript(places: readonly Place[]): string {
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  return `# fish completion of referral. Load it with: referral completion fish | source
function __referral_at
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim "$path $word")
        if contains -- $next ${paths.join(' ')}
            set path $next
        end
    end
    test "$path" = "$argv"
end
function __referral_names
    set -l words (commandline -opc)
    $words[1] completion names $argv[1] --no-input --quiet 2>/dev/null
end
${places.flatMap(placeLines).join('\n')}
`;
}

function placeLines({ path, words, flags, namesOf }: Place): string[] {
  const condition = `complete -c referral -n '${`__referral_at ${path}`.trim()}'`;
  const wordLines = words.map(
    ({ word, description }) => `${condition} -f -a ${word} -d ${quote(description)}`,
  );
  const nameLines = namesOf === undefined ? [] : [`${condition} -f -a '(__referral_names ${namesOf})'`];
  return [...wordLines, ...nameLines, ...flags.map((flag) => `${condition} ${flagWords(flag)}`)];
}

function flagWords({ names, takesValue, choices, namesOf, description }: Flag): string {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  if (choices.length > 0) parts.push('-x', '-a', quote(choices.join(' ')));
  else if (namesOf !== undefined) parts.push('-x', '-a', `'(__referral_names ${namesOf})'`);
  else if (takesValue) parts.push('-r');
  return [...parts, '-d', quote(description)].join(' ');
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
