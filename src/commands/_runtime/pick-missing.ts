import { readdir } from 'node:fs/promises';
import { ReferralError } from '../../core/errors.ts';
import type { AnyCommand } from './command.ts';
import type { Context } from './context.ts';
import { kindOfArgument } from './named-kind.ts';
import type { Host } from './process.ts';

/** Which files an argument `<file>` is looked for among, by noun. */
const FILES: Readonly<Record<string, RegExp>> = {
  customers: /\.(csv|tsv|txt)$/i,
  conversions: /\.(csv|tsv|txt)$/i,
  events: /\.(json|ndjson|jsonl)$/i,
  settings: /\.json$/i,
};

const CHOICES: Readonly<Record<string, readonly string[]>> = { 'completion shell': ['bash', 'zsh', 'fish'] };

/** How a person is asked; a test answers by itself. */
export type AskOne = (message: string, choices: readonly string[]) => Promise<string>;

export interface PickPlace {
  readonly host: Host;
  readonly runCommand: Context['runCommand'];
  readonly clock: Context['clock'];
  readonly ask: AskOne;
}

/**
 * The words with the missing argument at their end, picked by a person from what there is; undefined where there is no
 * terminal, nobody may be asked, or nothing to pick from.
 */
export async function pickMissing(
  command: AnyCommand,
  words: readonly string[],
  error: unknown,
  place: PickPlace,
): Promise<readonly string[] | undefined> {
  const missing = error instanceof ReferralError ? error.details['missing'] : undefined;
  if (typeof missing !== 'string' || !mayAsk(words, place.host)) return undefined;
  const choices = await listChoices(command, missing, words, place);
  if (choices.length === 0) return undefined;
  return [...words, await place.ask(`Which ${missing === 'slug' ? nounOf(command) : missing}?`, choices)];
}

function mayAsk(words: readonly string[], { stdin, stderr, environment }: Host): boolean {
  const isTerminal = stdin.isTTY === true && stderr.isTTY === true && environment['TERM'] !== 'dumb';
  return isTerminal && !words.some((word) => ['--no-input', '--yes', '--json', '--'].includes(word));
}

async function listChoices(
  command: AnyCommand,
  missing: string,
  words: readonly string[],
  { host, runCommand, clock }: PickPlace,
): Promise<readonly string[]> {
  const fixed = CHOICES[`${command.name} ${missing}`];
  if (fixed !== undefined) return fixed;
  const pattern = missing === 'file' ? FILES[command.name.split(' ')[0] ?? ''] : undefined;
  if (pattern !== undefined)
    return (await readdir(host.directory)).filter((name) => pattern.test(name)).sort();
  const kind = kindOfArgument(command.name, missing);
  if (kind === undefined) return [];
  const { directory, environment } = host;
  const { stdout } = await runCommand(['completion', 'names', kind, ...whereWords(words)], {
    directory,
    environment,
    clock,
  });
  return stdout.split('\n').filter((name) => name !== '');
}

/** Which database the words speak of: `--database URL` and `--config FILE`. */
function whereWords(words: readonly string[]): readonly string[] {
  return words.flatMap((word, index) => {
    if (/^--(database|config)=/.test(word)) return [word];
    return word === '--database' || word === '--config' ? [word, words[index + 1] ?? ''] : [];
  });
}

function nounOf({ name }: AnyCommand): string {
  const [noun = '', verb = ''] = name.split(' ');
  return (noun === 'report' ? verb : noun).replace(/s$/, '');
}

/** Asks on the terminal; typing narrows the list down. */
export function askOnTerminal(host: Host): AskOne {
  return async (message, choices) => {
    const { search } = await import('@inquirer/prompts');
    const all = choices.map((value) => ({ value }));
    return search(
      {
        message,
        source: (typed = '') =>
          all.filter(({ value }) => value.toLowerCase().includes(typed.trim().toLowerCase())),
      },
      { input: host.stdin, output: host.stderr },
    );
  };
}
