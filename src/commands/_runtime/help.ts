import type { AnyCommand, OptionSpec } from './command.ts';
import { groupCommands, type NamedCommand } from './command-groups.ts';
import { EXIT_CODE_MEANINGS } from './exit-codes.ts';
import { DRY_RUN_OPTION, GLOBAL_OPTIONS } from './global-options.ts';

/** Codes that every command can end with. */
export const USUAL_EXIT_CODES = [0, 1, 2, 12, 13];
const WIDTH = 100;
const LEAST_COLUMN = 40;

/** The help of the whole program: every noun with its verbs, and the flags that work everywhere. */
export function programHelp(commands: readonly NamedCommand[]): string {
  return [
    'referral runs referral contests from the command line: customers, codes, campaigns, conversions, rewards.',
    '',
    'Usage: referral <command> [options]',
    '',
    ...groupedRows(commands),
    'Options of every command:',
    ...optionRows(GLOBAL_OPTIONS),
    '',
    'Help of one command: referral <command> --help',
    'More: referral help exit-codes, environment, formats, cron, config, rules',
    'Try it all on demo data: referral quickstart --dir demo',
    '',
  ].join('\n');
}

/** The help of one noun: its verbs. */
export function nounHelp(noun: string, commands: readonly NamedCommand[]): string {
  const verbs = commands.filter(({ name }) => name === noun || name.startsWith(`${noun} `));
  return [
    `Usage: referral ${noun} <command> [options]`,
    '',
    'Commands:',
    ...rows(verbs.map(({ name, summary }) => [name, summary])),
    '',
    `Help of one command: referral ${verbs[0]?.name ?? noun} --help`,
    '',
  ].join('\n');
}

/** The help of one command: what it does, takes, and ends with, and examples that work. */
export function commandHelp(command: AnyCommand): string {
  const args = command.arguments ?? [];
  const usage = ['referral', command.name, ...args.map(({ syntax }) => syntax), '[options]'].join(' ');
  const own = [...(command.options ?? []), ...(command.changes ? [DRY_RUN_OPTION] : [])];
  const codes = [...new Set([...USUAL_EXIT_CODES, ...command.exitCodes])].sort((a, b) => a - b);
  return [
    `Usage: ${usage}`,
    '',
    `${command.summary}.`,
    '',
    ...wrap(command.description, WIDTH),
    '',
    ...(args.length === 0
      ? []
      : ['Arguments:', ...rows(args.map(({ syntax, description }) => [syntax, description])), '']),
    ...(own.length === 0 ? [] : ['Options:', ...optionRows(own), '']),
    'Options of every command:',
    ...optionRows(GLOBAL_OPTIONS),
    '',
    'Examples:',
    ...command.examples.flatMap(({ line, explains }) => [`  # ${explains}`, `  ${line}`]),
    '',
    'Exit codes:',
    ...rows(codes.map((code) => [String(code), EXIT_CODE_MEANINGS[code] ?? ''])),
    '',
  ].join('\n');
}

function groupedRows(commands: readonly NamedCommand[]): string[] {
  const width = Math.max(0, ...commands.map(({ name }) => name.length));
  return groupCommands(commands).flatMap((group) => [
    `${group.title}:`,
    ...rows(
      group.commands.map(({ name, summary }) => [name, summary]),
      width,
    ),
    '',
  ]);
}

function optionRows(options: readonly OptionSpec[]): string[] {
  return rows(
    options.map(({ flags, description, choices, defaultText, repeatable }) => [
      flags.startsWith('--') ? `    ${flags}` : flags,
      description +
        (choices === undefined ? '' : ` (${choices.join('|')})`) +
        (repeatable === true ? ' (may be repeated)' : '') +
        (defaultText === undefined ? '' : ` (default: ${defaultText})`),
    ]),
  );
}

function rows(pairs: readonly (readonly [string, string])[], least = 0): string[] {
  const width = Math.max(least, ...pairs.map(([left]) => left.length));
  return pairs.flatMap(([left, right]) =>
    wrap(right, Math.max(LEAST_COLUMN, WIDTH - width - 4)).map(
      (line, index) => `  ${(index === 0 ? left : '').padEnd(width)}  ${line}`,
    ),
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + word.length + 1 > width) {
        lines.push(line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}
