import { didYouMean } from '../../core/did-you-mean.ts';
import { ReferralError } from '../../core/errors.ts';
import type { RegisteredCommand } from '../registry.ts';
import { GLOBAL_OPTIONS } from './global-options.ts';

export interface FoundCommand {
  readonly command: RegisteredCommand;
  /** What is left of the words: options and arguments. */
  readonly rest: readonly string[];
}

/** What the words ask for: a command, or the help of the program or of one noun. */
export type Found =
  | ({ readonly kind: 'command' } & FoundCommand)
  | { readonly kind: 'help'; readonly noun: string | undefined; readonly asked: boolean };

/** A noun that stands alone means this command. */
const ALONE: Readonly<Record<string, string>> = { migrate: 'migrate up' };

/** Finds the command whose name the words begin with, options between them allowed. Throws `usage` with did-you-mean. */
export function findCommand(words: readonly string[], commands: readonly RegisteredCommand[]): Found {
  const { names, rest } = splitNames(words, commands);
  const asked = words.includes('--help') || words.includes('-h');
  if (names.length === 0) return { kind: 'help', noun: undefined, asked };
  const path = names.join(' ');
  const command =
    commands.find(({ name }) => name === path) ?? commands.find(({ name }) => name === ALONE[path]);
  const unknown = rest.find((word, index) => !word.startsWith('-') && !isOptionValue(rest, index));
  const isNounAlone = path in ALONE && (unknown !== undefined || asked);
  if (command !== undefined && !isNounAlone) return { kind: 'command', command, rest };
  if (unknown !== undefined && !asked) throw unknownCommand(`${path} ${unknown}`, commands);
  return { kind: 'help', noun: path, asked };
}

function splitNames(
  words: readonly string[],
  commands: readonly RegisteredCommand[],
): { names: readonly string[]; rest: readonly string[] } {
  const names: string[] = [];
  const rest: string[] = [];
  let open = true;
  words.forEach((word, index) => {
    const isWord = !word.startsWith('-') && !isOptionValue(words, index);
    if (open && isWord) {
      const path = [...names, word].join(' ');
      if (commands.some(({ name }) => name === path || name.startsWith(`${path} `))) {
        names.push(word);
        return;
      }
      if (names.length === 0) throw unknownCommand(word, commands);
      open = false;
    }
    rest.push(word);
  });
  return { names, rest };
}

function isOptionValue(words: readonly string[], index: number): boolean {
  const before = words[index - 1];
  return before !== undefined && !before.includes('=') && takesValue(before);
}

/** Only global options can stand before the command's name, so only they need to be known here. */
function takesValue(word: string): boolean {
  return GLOBAL_OPTIONS.some(({ flags }) => {
    const [names = '', value] = flags.split(/ (?=<)/);
    return value !== undefined && names.split(', ').includes(word);
  });
}

function unknownCommand(text: string, commands: readonly RegisteredCommand[]): ReferralError {
  const names = commands.map(({ name }) => name);
  const candidates = text.includes(' ')
    ? names
    : [...names, ...names.map((name) => name.split(' ')[0] ?? name)];
  return new ReferralError('usage', `There is no command "${text}"`, {
    hint: didYouMean(text, candidates, 'See all commands with: referral --help'),
  });
}
