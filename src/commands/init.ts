import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Check, fail } from '../core/doctor/check.ts';
import { networkProbe } from '../core/doctor/probe-provider.ts';
import { ReferralError } from '../core/errors.ts';
import {
  type Answers,
  answersIn,
  findProblem,
  listQuestions,
  type Question,
} from '../core/set-up/answers.ts';
import { planFiles } from '../core/set-up/plan-files.ts';
import { sandboxSend, testProvider } from '../core/set-up/test-provider.ts';
import {
  assertNotSetUp,
  CONFIG_FILE,
  ENV_FILE,
  readConfigFile,
  readEnvFile,
  writeFiles,
} from '../core/set-up/write-files.ts';
import { defineCommand } from './_runtime/command.ts';
import type { CommandOutcome, Context } from './_runtime/context.ts';
import { createRedactor } from './_runtime/redact.ts';
import {
  askImport,
  askProvider,
  askQuestions,
  canAsk,
  type ImportAnswers,
  type ProviderAnswers,
  secretNameOf,
} from './_set-up/ask-set-up.ts';
import { answersOfFlags, SET_UP_OPTIONS, type SetUpInput, setUpSchema } from './_set-up/set-up-input.ts';

export const command = defineCommand({
  name: 'init',
  summary: 'Set up a folder: configuration, secret, database',
  description:
    'Asks for the database, the sender, the postal address, where links lead and how mails leave, writes referral.config.json and .env with a secret of its own, migrates the database, asks the provider whether it would take our mails (SendGrid in its sandbox mode; an SMTP server is signed in to; nothing is sent), and takes in a first customer export, asking for columns that it does not understand. Every answer can be a flag instead; secrets come from the environment or are typed. --yes takes the defaults for the rest, which are good for trying things out and which doctor names as to be changed. Needs a terminal or --yes. Run it again to change answers: on a terminal what is there is offered as it is, with --yes only what has a flag changes. --force begins again, and keeps the secret in .env.',
  options: SET_UP_OPTIONS,
  examples: [
    { line: 'mkdir new && cd new && referral init --yes', explains: 'Take every default' },
    {
      line: 'mkdir new && cd new && referral init --yes --database sqlite:contest.db --timezone Europe/Amsterdam --import ../customers.csv',
      explains: 'Another database and time zone, and the first customers',
      exitCode: 3,
    },
    {
      line: 'referral init --yes --organisation "Blue Travel" --from-email hello@blue-travel.com',
      explains: 'Run again: change two answers and leave the rest',
    },
    { line: 'referral init --yes --dry-run --force', explains: 'See what would be written over' },
  ],
  exitCodes: [3, 6, 14, 16],
  changes: true,
  input: setUpSchema,
  async run(context, input) {
    const { globals, io } = context;
    const { directory } = io;
    const given = answersOfFlags(input, globals.timezone);
    const before = globals.force ? undefined : await readConfigFile(directory);
    const questions = listQuestions({ ...answersIn(before ?? {}), ...given });
    for (const { key, flag, value } of questions) assertUsable(key, flag, value);
    assertUsable('mail.verified_senders', '--verified-senders', given['mail.verified_senders']);
    const isChange = Object.keys(given).length > 0 || input.transport !== undefined || canAsk(context);
    if (!isChange) assertNotSetUp(directory, globals.force);
    assertReadable(input, directory);
    const asked = await askAll(context, input, questions, given);
    const files = planFiles(
      asked.answers,
      { env: await readEnvFile(directory), config: before, secrets: asked.provider.secrets },
      context.random,
    );
    if (!globals.dryRun) await writeFiles(directory, files);
    const done = globals.dryRun ? NOTHING_DONE : await carryOut(context, input, asked);
    const { redact } = createRedactor();
    const data = {
      config_file: join(directory, CONFIG_FILE),
      env_file: join(directory, ENV_FILE),
      database: redact(asked.answers['database.url'] ?? ''),
      transport: asked.provider.transport,
      ...{ migrated: done.migrated, provider: done.provider?.message ?? null, imported: done.imported },
      dry_run: globals.dryRun,
    };
    return { kind: 'object', data, exitCode: exitCodeOf(done), next: nextSteps(done, globals.dryRun) };
  },
});

interface Asked {
  readonly answers: Answers;
  readonly provider: ProviderAnswers;
  readonly import: ImportAnswers | undefined;
}

interface Done {
  readonly migrated: boolean;
  readonly provider: Check | undefined;
  /** What the import counted; null when there was none. */
  readonly imported: Readonly<Record<string, unknown>> | null;
}

const NOTHING_DONE: Done = { migrated: false, provider: undefined, imported: null };

function assertUsable(key: string, flag: string, value: string | undefined): void {
  const problem = value === undefined ? undefined : findProblem(key, value);
  if (problem === undefined) return;
  throw new ReferralError('usage', `${flag}: "${value}" ${problem}`, { hint: 'See: referral init --help' });
}

/** Before anything is written: is the file there? */
function assertReadable({ import: file }: SetUpInput, directory: string): void {
  if (file === undefined || existsSync(resolve(directory, file))) return;
  throw new ReferralError('input_missing', `There is no file ${file}`, {
    hint: 'Check the path behind --import; nothing was written.',
  });
}

async function askAll(
  context: Context,
  input: SetUpInput,
  questions: readonly Question[],
  given: Answers,
): Promise<Asked> {
  if (canAsk(context)) {
    const answers = await askQuestions(questions, given, context);
    const provider = await askProvider(context, input, answers['mail.from_email'] ?? '');
    const first = await askImport(context, input);
    return { answers: withSenders(answers, provider), provider, import: first };
  }
  if (!context.globals.yes && !context.globals.dryRun) {
    throw new ReferralError(
      'confirmation_needed',
      'init asks questions, and there is no terminal to ask them on',
      {
        reason: 'Nothing was written.',
        hint: 'Take the defaults with: referral init --yes. Every answer can be a flag: referral init --help',
      },
    );
  }
  const defaults = Object.fromEntries(questions.map(({ key, value }) => [key, value]));
  const { transport = 'outbox', import: file, map } = input;
  return {
    answers: { ...defaults, ...given },
    provider: { transport, secrets: {}, verifiedSenders: input.verifiedSenders },
    import: file === undefined ? undefined : { file, map },
  };
}

function withSenders(answers: Answers, { verifiedSenders }: ProviderAnswers): Answers {
  return verifiedSenders === undefined ? answers : { ...answers, 'mail.verified_senders': verifiedSenders };
}

/** From the files that were written to a state that works: the database, the provider, the first customers. */
async function carryOut(context: Context, input: SetUpInput, asked: Asked): Promise<Done> {
  const migrated = await migrate(context);
  const provider = input.test ? await askTheProvider(context, asked.provider) : undefined;
  if (provider?.status === 'fail') context.warn(provider.message);
  const imported = migrated && asked.import !== undefined ? await takeIn(context, input, asked.import) : null;
  return { migrated, provider, imported };
}

/** Brings the database of the new configuration up to date; one that can't be reached yet is not an error of `init`. */
async function migrate(context: Context): Promise<boolean> {
  const { exitCode, stderr } = await runHere(context, ['migrate', 'up', '--quiet']);
  if (exitCode !== 0) context.warn(`The database is not ready yet: ${stderr.trim()}`);
  return exitCode === 0;
}

async function askTheProvider(
  context: Context,
  { transport, secrets }: ProviderAnswers,
): Promise<Check | undefined> {
  const name = secretNameOf(transport);
  if (name === undefined) return undefined;
  const secret = secrets[name] ?? (await context.findSecret(name));
  if (secret === undefined) {
    return fail('provider', `${name} is not set: the provider was not asked`, `Set ${name} in .env`);
  }
  const given = transport === 'smtp' ? { smtpUrl: secret } : { sendgridKey: secret };
  return testProvider(await context.config(), given, networkProbe, sandboxSend);
}

async function takeIn(
  context: Context,
  { consent }: SetUpInput,
  { file, map }: ImportAnswers,
): Promise<Readonly<Record<string, unknown>>> {
  const words = [
    ...['customers', 'import', file, '--json', '--quiet', '--force'],
    ...map.flatMap((text) => ['--map', text]),
    ...(consent === undefined ? [] : ['--consent', consent]),
  ];
  const { exitCode, stdout, stderr } = await runHere(context, words);
  if (exitCode === 0 || exitCode === 3) {
    const { rows, created, updated, unchanged, rejected, rejects_file } = JSON.parse(stdout) as Record<
      string,
      unknown
    >;
    return { file, rows, created, updated, unchanged, rejected, rejects_file };
  }
  const { message, hint } = (JSON.parse(stderr.trim().split('\n').at(-1) ?? '{}') as ErrorLine).error;
  throw new ReferralError(
    'input_unusable',
    `The folder is set up, but ${file} can't be taken in: ${message}`,
    {
      hint: hint ?? `Mend it, then: referral customers import ${file}`,
    },
  );
}

interface ErrorLine {
  readonly error: { readonly message: string; readonly hint: string | null };
}

function runHere(context: Context, words: readonly string[]): Promise<CommandOutcome> {
  const { io, clock } = context;
  return context.runCommand(words, { directory: io.directory, environment: io.environment, clock });
}

function exitCodeOf({ provider, imported }: Done): 0 | 3 | 6 {
  if (provider?.status === 'fail') return 6;
  return Number(imported?.['rejected'] ?? 0) > 0 ? 3 : 0;
}

function nextSteps({ migrated, provider, imported }: Done, dryRun: boolean): string[] {
  return [
    ...(migrated || dryRun ? [] : ['referral migrate']),
    ...(provider?.fix == null ? [] : [provider.fix]),
    ...(imported === null ? ['referral customers import FILE'] : ['referral contests create --help']),
    'See what is still to be changed: referral doctor',
  ];
}
