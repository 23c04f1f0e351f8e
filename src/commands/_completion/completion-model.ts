import type { AnyCommand, OptionSpec } from '../_runtime/command.ts';
import { DRY_RUN_OPTION, GLOBAL_OPTIONS } from '../_runtime/global-options.ts';

export interface Flag {
  /** `--format`, `-o` */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  readonly description: string;
}

/** A place on the command line where something can be completed. */
export interface Place {
  /** The words so far: ``, `campaigns`, `campaigns create`. */
  readonly path: string;
  /** Words that may follow, with what they mean. */
  readonly words: readonly { readonly word: string; readonly description: string }[];
  /** Flags of the command that the path names; none where it names only a noun. */
  readonly flags: readonly Flag[];
}

const FORMATS = ['table', 'json', 'ndjson', 'csv'];

/** Everything that a shell needs to know to complete our command lines, from the commands themselves. */
export function createCompletionModel(commands: readonly AnyCommand[]): readonly Place[] {
  const paths = new Set(['']);
  for (const { name } of commands) {
    const words = name.split(' ');
    words.forEach((_, index) => {
      paths.add(words.slice(0, index + 1).join(' '));
    });
  }
  return [...paths].sort().map((path) => ({
    path,
    words: listWords(path, commands),
    flags: listFlags(commands.find(({ name }) => name === path)),
  }));
}

function listWords(path: string, commands: readonly AnyCommand[]): Place['words'] {
  const prefix = path === '' ? '' : `${path} `;
  const words = new Map<string, string>();
  for (const { name, summary } of commands) {
    if (!name.startsWith(prefix) || name === path) continue;
    const [word = '', ...rest] = name.slice(prefix.length).split(' ');
    if (rest.length === 0) words.set(word, summary);
    else if (!words.has(word)) words.set(word, `${word}: ${listVerbs(word, commands)}`);
  }
  return [...words].sort().map(([word, description]) => ({ word, description }));
}

function listVerbs(noun: string, commands: readonly AnyCommand[]): string {
  const verbs = commands
    .filter(({ name }) => name.startsWith(`${noun} `))
    .map(({ name }) => name.split(' ')[1]);
  return verbs.join(', ');
}

function listFlags(command: AnyCommand | undefined): readonly Flag[] {
  if (command === undefined) return [];
  const own = [...(command.options ?? []), ...(command.changes ? [DRY_RUN_OPTION] : [])].map(readFlag);
  const redefined = new Set(own.flatMap(({ names }) => names));
  const global = GLOBAL_OPTIONS.map(readFlag).filter(
    ({ names }) => !names.some((name) => redefined.has(name)),
  );
  const help: Flag = {
    names: ['-h', '--help'],
    takesValue: false,
    choices: [],
    description: 'show the help',
  };
  return [...own, ...global, help];
}

// `-o, --output <file>` → its two names, and that a value follows.
function readFlag({ flags, description, choices = [] }: OptionSpec): Flag {
  const names: readonly string[] = flags.match(/--?[a-z][a-z-]*/gi) ?? [];
  const isFormat = names.includes('--format') && choices.length === 0;
  return { names, takesValue: flags.includes('<'), choices: isFormat ? FORMATS : choices, description };
}
