import type { NamedKind } from '../../core/names/list-names.ts';
import type { AnyCommand, OptionSpec } from '../_runtime/command.ts';
import { DRY_RUN_OPTION, GLOBAL_OPTIONS } from '../_runtime/global-options.ts';
import { kindOfArgument, kindOfFlag } from '../_runtime/named-kind.ts';

export interface Flag {
  /** `--format`, `-o` */
  readonly names: readonly string[];
  readonly takesValue: boolean;
  readonly choices: readonly string[];
  /** Its value is the name of one of these, which the database knows. */
  readonly namesOf: NamedKind | undefined;
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
  /** Its argument is the name of one of these. */
  readonly namesOf: NamedKind | undefined;
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
    namesOf: findKind(commands.find(({ name }) => name === path)),
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

function findKind(command: AnyCommand | undefined): NamedKind | undefined {
  return command?.arguments
    ?.map(({ syntax }) => kindOfArgument(command.name, syntax))
    .find((kind) => kind !== undefined);
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
    namesOf: undefined,
    description: 'show the help',
  };
  return [...own, ...global, help];
}

// `-o, --output <file>` → its two names, and that a value follows.
function readFlag({ flags, description, choices = [] }: OptionSpec): Flag {
  const names: readonly string[] = flags.match(/--?[a-z][a-z-]*/gi) ?? [];
  const isFormat = names.includes('--format') && choices.length === 0;
  const [namesOf] = names.flatMap((name) => kindOfFlag(name) ?? []);
  return {
    names,
    takesValue: flags.includes('<'),
    choices: isFormat ? FORMATS : choices,
    namesOf,
    description,
  };
}
