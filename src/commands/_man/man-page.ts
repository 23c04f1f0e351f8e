import type { AnyCommand, OptionSpec } from '../_runtime/command.ts';
import { groupCommands } from '../_runtime/command-groups.ts';
import { EXIT_CODE_MEANINGS } from '../_runtime/exit-codes.ts';
import { DRY_RUN_OPTION, GLOBAL_OPTIONS } from '../_runtime/global-options.ts';
import { USUAL_EXIT_CODES } from '../_runtime/help.ts';
import { mdocArgument, mdocFlag, mdocList, mdocLiteral, mdocParagraph, mdocText, mdocValue } from './mdoc.ts';

export interface ManContext {
  readonly version: string;
  /** `2026-11-21` */
  readonly day: string;
}

export interface ManFile {
  /** `referral-campaigns-send.1` */
  readonly name: string;
  readonly text: string;
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
];

/** The manual of the program and of each command, in mdoc. */
export function createManFiles(commands: readonly AnyCommand[], context: ManContext): readonly ManFile[] {
  return [
    { name: 'referral.1', text: programPage(commands, context) },
    ...commands.map((command) => ({
      name: `${pageName(command)}.1`,
      text: commandPage(command, commands, context),
    })),
  ];
}

/** `campaigns send` → `referral-campaigns-send` */
export function pageName({ name }: Pick<AnyCommand, 'name'>): string {
  return `referral-${name.replaceAll(' ', '-')}`;
}

/** The manual page of one command. */
export function commandPage(
  command: AnyCommand,
  commands: readonly AnyCommand[],
  context: ManContext,
): string {
  const args = command.arguments ?? [];
  const own = [...(command.options ?? []), ...(command.changes ? [DRY_RUN_OPTION] : [])];
  const codes = [...new Set([...USUAL_EXIT_CODES, ...command.exitCodes])].sort((a, b) => a - b);
  const noun = command.name.split(' ')[0] ?? '';
  const siblings = commands.filter(({ name }) => name !== command.name && name.startsWith(`${noun} `));
  return page([
    ...head(pageName(command), context),
    ...['.Sh NAME', `.Nm ${pageName(command)}`, `.Nd ${mdocText(lowerFirst(command.summary))}`],
    ...['.Sh SYNOPSIS', `.Nm referral ${command.name}`],
    ...args.map(({ syntax }) => `.${mdocValue(syntax)}`),
    '.Op Ar options',
    ...['.Sh DESCRIPTION', ...mdocParagraph(command.description)],
    ...(args.length === 0
      ? []
      : ['.Ss Arguments', ...mdocList(args.map((arg) => [`.It ${mdocValue(arg.syntax)}`, arg.description]))]),
    ...(own.length === 0 ? [] : ['.Ss Options', ...optionList(own)]),
    ...['.Pp', 'The options of every command are in', '.Xr referral 1 .'],
    ...['.Sh EXIT STATUS', ...exitList(codes)],
    ...[
      '.Sh EXAMPLES',
      ...command.examples.flatMap(({ line, explains }, index) => [
        ...(index === 0 ? [] : ['.Pp']),
        ...mdocParagraph(`${explains}:`),
        ...mdocLiteral([line]),
      ]),
    ],
    ...seeAlso(['referral', ...siblings.map(pageName)]),
  ]);
}

function programPage(commands: readonly AnyCommand[], context: ManContext): string {
  return page([
    ...head('referral', context),
    ...['.Sh NAME', '.Nm referral', '.Nd run referral contests from the command line'],
    ...['.Sh SYNOPSIS', '.Nm', '.Ar command', '.Op Ar options'],
    '.Sh DESCRIPTION',
    ...mdocParagraph(
      'Takes in customers, gives everyone a code, mails them, takes in bookings, ranks, rewards and reports, on a local SQLite file or a shared PostgreSQL. Standard output carries the result and nothing else; notes, progress, warnings and errors go to standard error.',
    ),
    ...groupCommands(commands).flatMap(({ title, commands: members }) => [
      `.Ss ${mdocText(title)}`,
      ...mdocList(members.map(({ name, summary }) => [`.It Cm ${mdocArgument(name)}`, `${summary}.`])),
    ]),
    ...['.Ss Options of every command', ...optionList(GLOBAL_OPTIONS)],
    '.Sh ENVIRONMENT',
    ...mdocList([
      ['.It Ev REFERRAL_DATABASE_URL', 'The database, where neither a flag nor a file names one.'],
      ['.It Ev REFERRAL_SECRET', 'Hashes suppressed addresses and signs the links in mails.'],
      ['.It Ev REFERRAL_OPERATOR', 'Who is named in runs and in the audit log.'],
      ['.It Ev SENDGRID_API_KEY', 'For mailing through SendGrid.'],
      ['.It Ev REFERRAL_SMTP_URL', 'For mailing through an SMTP server.'],
      ['.It Ev NO_COLOR', 'No colours.'],
    ]),
    ...['.Pp', ...mdocParagraph('All of them: referral help environment.')],
    '.Sh FILES',
    ...mdocList([
      ['.It Pa referral.config.json', 'The configuration of the current folder.'],
      ['.It Pa .env', 'Variables and secrets of the current folder.'],
      ['.It Pa ~/.config/referral/config.json', 'The configuration of the user.'],
    ]),
    ...['.Sh EXIT STATUS', ...exitList(Object.keys(EXIT_CODE_MEANINGS).map(Number))],
    ...['.Sh EXAMPLES', 'The whole job on demo data:', ...mdocLiteral(['referral quickstart --dir demo'])],
    ...seeAlso(commands.map(pageName)),
  ]);
}

function head(name: string, { day, version }: ManContext): readonly string[] {
  const [year = '', month = '', date = ''] = day.split('-');
  return [
    '.\\" Made from the commands themselves by: referral man',
    `.Dd ${MONTHS[Number(month) - 1]} ${Number(date)}, ${year}`,
    `.Dt ${name.toUpperCase()} 1`,
    `.Os referral ${version}`,
  ];
}

function optionList(options: readonly OptionSpec[]): readonly string[] {
  return mdocList(
    options.map(({ flags, description, choices, repeatable, defaultText }) => {
      const notes = [
        ...(choices === undefined ? [] : [`one of ${choices.join(', ')}`]),
        ...(repeatable === true ? ['may be repeated'] : []),
        ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
      ];
      return [mdocFlag(flags), description + (notes.length === 0 ? '' : ` (${notes.join('; ')})`)];
    }),
  );
}

function exitList(codes: readonly number[]): readonly string[] {
  return mdocList(codes.map((code) => [`.It ${code}`, EXIT_CODE_MEANINGS[code] ?? '']));
}

function seeAlso(names: readonly string[]): readonly string[] {
  const sorted = [...names].sort();
  return [
    '.Sh SEE ALSO',
    ...sorted.map((name, index) => `.Xr ${name} 1${index < sorted.length - 1 ? ' ,' : ''}`),
  ];
}

function page(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
