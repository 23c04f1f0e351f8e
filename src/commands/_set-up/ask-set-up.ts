import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { findMappingGap } from '../../core/customers/preview-columns.ts';
import { type Answers, findProblem, type Question } from '../../core/set-up/answers.ts';
import { askMapping } from '../_people/ask-mapping.ts';
import type { Context } from '../_runtime/context.ts';
import { type SetUpInput, type SetUpTransport, TRANSPORTS } from './set-up-input.ts';

/** Can a person be asked? */
export function canAsk({ globals, io }: Context): boolean {
  return !globals.yes && !globals.dryRun && !globals.noInput && io.stdinIsTerminal && io.stderrIsTerminal;
}

const SECRETS = {
  smtp: { name: 'REFERRAL_SMTP_URL', text: 'SMTP server (smtp://user:password@host:587)' },
  sendgrid: { name: 'SENDGRID_API_KEY', text: 'SendGrid API key' },
} as const;

/** The variable that a transport reads its secret from. */
export function secretNameOf(transport: SetUpTransport): string | undefined {
  return transport === 'outbox' ? undefined : SECRETS[transport].name;
}

/** Asks what no flag has answered. */
export async function askQuestions(
  questions: readonly Question[],
  given: Answers,
  { io }: Context,
): Promise<Answers> {
  const { input } = await import('@inquirer/prompts');
  const answers: Record<string, string> = { ...given };
  for (const { key, text, value } of questions) {
    if (given[key] !== undefined) continue;
    const validate = (answer: string): true | string => findProblem(key, answer.trim()) ?? true;
    const answer = await input(
      { message: `${text}:`, default: value, validate },
      { input: io.stdin, output: io.stderr },
    );
    answers[key] = answer.trim();
  }
  return answers;
}

export interface ProviderAnswers {
  readonly transport: SetUpTransport;
  /** What was typed and is in no environment yet. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly verifiedSenders: string | undefined;
}

/** Asks how mails leave, and for the secret that this needs; typed text is not shown. */
export async function askProvider(
  context: Context,
  { transport: given, verifiedSenders }: Pick<SetUpInput, 'transport' | 'verifiedSenders'>,
  fromEmail: string,
): Promise<ProviderAnswers> {
  const { io } = context;
  const streams = { input: io.stdin, output: io.stderr };
  const { input, password, select } = await import('@inquirer/prompts');
  const choices = TRANSPORTS.map((value) => ({ value, name: describe(value) }));
  const transport = given ?? (await select({ message: 'How will mails leave?', choices }, streams));
  if (transport === 'outbox') return { transport, secrets: {}, verifiedSenders };
  const { name, text } = SECRETS[transport];
  const known = await context.findSecret(name);
  const typed = known ?? (await password({ message: `${text}, kept in .env:`, mask: '•' }, streams));
  const senders =
    verifiedSenders ??
    (await input(
      {
        message: 'Addresses and domains that the provider has verified:',
        default: fromEmail.split('@').at(-1) ?? fromEmail,
        validate: (answer) => findProblem('mail.verified_senders', answer.trim()) ?? true,
      },
      streams,
    ));
  const secrets = known === undefined && typed !== '' ? { [name]: typed } : {};
  return { transport, secrets, verifiedSenders: senders.trim() };
}

export interface ImportAnswers {
  readonly file: string;
  readonly map: readonly string[];
}

/** Asks for a first customer export and, where its columns are not understood, what they are. */
export async function askImport(
  context: Context,
  { import: given, map }: Pick<SetUpInput, 'import' | 'map'>,
): Promise<ImportAnswers | undefined> {
  const { io } = context;
  const streams = { input: io.stdin, output: io.stderr };
  const prompts = await import('@inquirer/prompts');
  const file =
    given ??
    (await prompts.input(
      {
        message: 'A first customer export to take in (a CSV file; nothing for later):',
        validate: (answer) =>
          answer.trim() === '' || existsSync(resolve(io.directory, answer.trim())) || 'There is no such file',
      },
      streams,
    ));
  if (file.trim() === '') return undefined;
  const gap = await findMappingGap(await context.openInput(file.trim()), {
    ...{ encoding: undefined, delimiter: undefined, map },
  });
  if (gap === undefined) return { file: file.trim(), map };
  const answer = await askMapping(gap, {
    select: (message, choices) => prompts.select({ message, choices }, streams),
    // A profile belongs to the import command; here the columns are told once.
    input: () => Promise.resolve(''),
  });
  return { file: file.trim(), map: [...map, ...answer.map] };
}

function describe(transport: SetUpTransport): string {
  if (transport === 'outbox') return 'outbox: into a folder, for trying things out';
  return transport === 'smtp' ? 'smtp: over your mail server' : "sendgrid: through SendGrid's API";
}
