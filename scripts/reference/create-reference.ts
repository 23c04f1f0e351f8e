import type { AnyCommand, OptionSpec } from '../../src/commands/_runtime/command.ts';
import { DRY_RUN_OPTION, GLOBAL_OPTIONS } from '../../src/commands/_runtime/global-options.ts';
import { registry } from '../../src/commands/registry.ts';

/** `docs/commands.md`, made from the commands themselves. */
export async function createReference(): Promise<string> {
  const commands = await Promise.all(registry.map(async ({ load }) => (await load()).command));
  const sorted = commands.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return commandsPage(sorted);
}

const MADE = '<!-- Made by `npm run reference` from the commands themselves: change those. -->';

function commandsPage(commands: readonly AnyCommand[]): string {
  return [
    MADE,
    '',
    '# Commands',
    '',
    'The same as `referral <command> --help`, on one page. Flags that every command takes come last.',
    '',
    '| command | what it does |',
    '| --- | --- |',
    ...commands.map(
      ({ name, summary }) => `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(summary)} |`,
    ),
    '',
    ...commands.flatMap(commandSection),
    '## Flags of every command',
    '',
    ...optionTable(GLOBAL_OPTIONS),
    '',
  ].join('\n');
}

function commandSection(command: AnyCommand): string[] {
  const { name, description, examples } = command;
  const args = command.arguments ?? [];
  const own = [...(command.options ?? []), ...(command.changes ? [DRY_RUN_OPTION] : [])];
  const usage = ['referral', name, ...args.map(({ syntax }) => syntax)].join(' ');
  return [
    `## ${name}`,
    '',
    `\`${usage}\``,
    '',
    description,
    '',
    ...(args.length === 0
      ? []
      : [
          '| argument | meaning |',
          '| --- | --- |',
          ...args.map(({ syntax, description: meaning }) => `| \`${syntax}\` | ${cell(meaning)} |`),
          '',
        ]),
    ...(own.length === 0 ? [] : [...optionTable(own), '']),
    '```sh',
    ...examples.flatMap(({ line, explains }) => [`# ${explains}`, line]),
    '```',
    '',
    ...(command.exitCodes.length === 0
      ? []
      : [`[Exit codes](exit-codes.md) beside those of every command: ${command.exitCodes.join(', ')}.`, '']),
  ];
}

function optionTable(options: readonly OptionSpec[]): string[] {
  return [
    '| flag | meaning |',
    '| --- | --- |',
    ...options.map(({ flags, description, choices, repeatable, defaultText }) => {
      const notes = [
        ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
        ...(repeatable === true ? ['may be repeated'] : []),
        ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
      ];
      return `| \`${flags.replaceAll('|', '\\|')}\` | ${cell(description)}${notes.length === 0 ? '' : ` (${cell(notes.join('; '))})`} |`;
    }),
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
