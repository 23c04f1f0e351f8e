import { join } from 'node:path';
import { z } from 'zod';
import { ReferralError } from '../core/errors.ts';
import { type Answers, findProblem, listQuestions, type Question } from '../core/set-up/answers.ts';
import { planFiles } from '../core/set-up/plan-files.ts';
import {
  assertNotSetUp,
  CONFIG_FILE,
  ENV_FILE,
  readEnvFile,
  writeFiles,
} from '../core/set-up/write-files.ts';
import { defineCommand } from './_runtime/command.ts';
import type { Context } from './_runtime/context.ts';
import { createRedactor } from './_runtime/redact.ts';

export const command = defineCommand({
  name: 'init',
  summary: 'Set up a folder: configuration, secret, database',
  description:
    'Asks for the database, the sender, the postal address and where links lead, writes referral.config.json and .env with a secret of its own, and migrates the database. --yes takes the defaults, which are good for trying things out and which doctor names as to be changed. Needs a terminal or --yes. Never writes over existing files without --force, and then keeps the secret in .env.',
  examples: [
    { line: 'mkdir new && cd new && referral init --yes', explains: 'Take every default' },
    {
      line: 'mkdir new && cd new && referral init --yes --database sqlite:contest.db --timezone Europe/Amsterdam',
      explains: 'Another database and time zone',
    },
    { line: 'referral init --yes --dry-run --force', explains: 'See what would be written over' },
  ],
  exitCodes: [16],
  changes: true,
  input: z.object({ database: z.string().min(1).optional() }),
  async run(context, { database }) {
    const { globals, io, random } = context;
    const { directory } = io;
    const questions = listQuestions(database, globals.timezone);
    for (const { key, value } of questions) assertUsable(key, value);
    assertNotSetUp(directory, globals.force);
    const answers = await askAll(questions, context);
    const files = planFiles(answers, await readEnvFile(directory), random);
    if (!globals.dryRun) await writeFiles(directory, files);
    const migrated = globals.dryRun ? false : await migrate(context);
    const { redact } = createRedactor();
    return {
      kind: 'object',
      data: {
        config_file: join(directory, CONFIG_FILE),
        env_file: join(directory, ENV_FILE),
        database: redact(answers['database.url'] ?? ''),
        migrated,
        dry_run: globals.dryRun,
      },
      next: [
        ...(migrated || globals.dryRun ? [] : ['Next: referral migrate']),
        'See what is still to be changed: referral doctor',
      ],
    };
  },
});

function assertUsable(key: string, value: string): void {
  const problem = findProblem(key, value);
  if (problem === undefined) return;
  throw new ReferralError('usage', `${key}: "${value}" ${problem}`, { hint: 'See: referral init --help' });
}

async function askAll(questions: readonly Question[], { globals, io }: Context): Promise<Answers> {
  const defaults = questions.map(({ key, value }) => [key, value] as const);
  if (globals.yes || globals.dryRun) return Object.fromEntries(defaults);
  if (globals.noInput || !io.stdinIsTerminal || !io.stderrIsTerminal) {
    throw new ReferralError(
      'confirmation_needed',
      'init asks questions, and there is no terminal to ask them on',
      {
        reason: 'Nothing was written.',
        hint: 'Take the defaults with: referral init --yes',
      },
    );
  }
  const { input } = await import('@inquirer/prompts');
  const answers: Record<string, string> = {};
  for (const { key, text, value } of questions) {
    const validate = (answer: string): true | string => findProblem(key, answer.trim()) ?? true;
    const answer = await input(
      { message: `${text}:`, default: value, validate },
      { input: io.stdin, output: io.stderr },
    );
    answers[key] = answer.trim();
  }
  return answers;
}

/** Brings the database of the new configuration up to date; one that can't be reached yet is not an error of `init`. */
async function migrate(context: Context): Promise<boolean> {
  const { io, clock } = context;
  const place = { directory: io.directory, environment: io.environment, clock };
  const { exitCode, stderr } = await context.runCommand(['migrate', 'up', '--quiet'], place);
  if (exitCode !== 0) context.warn(`The database is not ready yet: ${stderr.trim()}`);
  return exitCode === 0;
}
