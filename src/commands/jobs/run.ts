import { z } from 'zod';
import { sleep } from '../../core/delivery/pace.ts';
import { ReferralError } from '../../core/errors.ts';
import { parseJobSelection } from '../../core/jobs/job.ts';
import { type JobResult, type JobsContext, notRun, type RunJobsOptions } from '../../core/jobs/job-result.ts';
import { findDueJobs, runJobs } from '../../core/jobs/run-jobs.ts';
import { lockedError } from '../../core/jobs/under-lock.ts';
import { WORKS } from '../../core/jobs/works.ts';
import { createTellOperator } from '../../core/notifications/tell-operator.ts';
import { programVersion } from '../../core/package.ts';
import { parseDuration } from '../../core/time.ts';
import { findUnseal, openBackupStore } from '../_backup/backup-input.ts';
import { openTransport } from '../_campaigns/open-transport.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';
import { showProgress } from '../_runtime/show-progress.ts';

const SMTP_CONNECTIONS = 4;
const NOT_DUE: readonly JobResult['outcome'][] = ['already_done', 'idle', 'waiting'];
const MINUTE_MS = 60_000;

export const command = defineCommand({
  name: 'jobs run',
  summary: 'Do the jobs that are due, each once',
  description:
    'Does the daily jobs, the weekly ones, all that are due, or one by name; see `jobs list`. Every job is done once for each time at which it is due, however many crons start it on however many machines; one that was missed is made up for, once. A job that fails does not keep the others from being done, is tried again later, and is told to the operator once (notify.mail_to, notify.webhook_url). Mails only campaigns that were scheduled, or approved with a --send-at. The result is one line of JSON in a pipe. After a restore it ends with 17. See docs/operations.md.',
  arguments: [{ syntax: '<which>', description: 'due, daily, weekly, or the name of a job' }],
  options: [
    { flags: '--again', description: 'also what is done already for its time' },
    {
      flags: '--time-limit <duration>',
      description: 'stop a job that takes longer',
      defaultText: "each job's own",
    },
  ],
  examples: [
    { line: 'referral jobs run daily', explains: 'what a night needs' },
    {
      line: 'referral jobs run due --skip-if-locked --json',
      explains: 'from cron, every five minutes: whatever is due',
    },
    { line: 'referral jobs run compute-rewards --again --dry-run', explains: 'what one job would change' },
    { line: 'referral jobs run bakup', explains: 'a job that does not exist', exitCode: 5 },
  ],
  exitCodes: [3, 5, 10, 11, 17],
  changes: true,
  input: z.object({
    which: z.string(),
    again: z.boolean().default(false),
    timeLimit: z
      .string()
      .transform((text) => parseDuration(text) / MINUTE_MS)
      .pipe(z.number().positive('must be more than nothing'))
      .optional(),
  }),
  async run(context, { which, again, timeLimit }): Promise<Result> {
    const jobs = parseJobSelection(which);
    const options: RunJobsOptions = {
      jobs,
      again,
      // A person who names a job, and a nightly cron, want it tried now.
      patient: which === 'due',
      lockWaitMs: context.globals.lockWait ?? 0,
      limitMinutes: timeLimit,
    };
    const config = await context.config();
    const { clock, globals } = context;
    // Nothing due leaves no run behind: cron asks every five minutes.
    const planned = await context.usingDatabase((database) =>
      findDueJobs({ database, clock, config }, options),
    );
    if (planned.every(({ state }) => state !== 'due')) {
      return present(
        context,
        which,
        planned.map((job) => notRun(job, job.state === 'done' ? 'already_done' : 'idle')),
      );
    }
    const done = await context.usingRun(async (database, run) => {
      const found = await showProgress(context, 'jobs', async (onProgress) =>
        runJobs(
          {
            ...{ database, clock, config, run, sleep, onProgress },
            ...{ random: context.random, signal: context.signal, works: WORKS, warn: context.warn },
            ...(await surroundingsOf(context, config)),
            keyring: await context.keyring(database),
            tell: createTellOperator({ config, clock, getSecret: context.getSecret }),
            dryRun: globals.dryRun,
          },
          options,
        ),
      );
      // Named alone, its error is the command's.
      if (jobs.length === 1 && found.failure !== undefined) throw found.failure;
      const data = count(found.results);
      return { results: found.results, failure: found.failure, data, exitCode: data.failed > 0 ? 3 : 0 };
    });
    tell(context, done.results, done.failure);
    return present(context, which, done.results);
  },
});

async function surroundingsOf(context: Context, config: Awaited<ReturnType<Context['config']>>) {
  const key = await context.findSecret('SENDGRID_API_KEY');
  return {
    directory: context.io.directory,
    host: context.process.host,
    processId: context.process.id,
    programVersion: programVersion(),
    hasProvider: config.smtp.url !== undefined || key !== undefined,
    openTransport: (name) => openTransport(context, name, SMTP_CONNECTIONS),
    openStore: () => openBackupStore(context, undefined),
    findUnseal: () => findUnseal(context, undefined),
  } satisfies Partial<JobsContext>;
}

function count(results: readonly JobResult[]) {
  const of = (...outcomes: readonly JobResult['outcome'][]): number =>
    results.filter(({ outcome }) => outcomes.includes(outcome)).length;
  return {
    done: of('done', 'partial'),
    failed: of('failed', 'interrupted'),
    locked: of('locked'),
    not_due: of(...NOT_DUE),
  };
}

function tell({ warn }: Context, results: readonly JobResult[], failure: unknown): void {
  for (const { job, outcome, error } of results) {
    if (outcome === 'failed' || outcome === 'interrupted') warn(`${job} failed: ${error ?? outcome}`);
  }
  if (!(failure instanceof ReferralError)) return;
  const { message, reason, hint } = failure;
  warn([message, reason, hint].filter((text) => text !== undefined).join('; '));
}

function present({ globals, io }: Context, which: string, results: readonly JobResult[]): Result {
  const counts = count(results);
  const locked = results.find(({ outcome }) => outcome === 'locked');
  if (locked !== undefined && counts.failed === 0 && !globals.skipIfLocked)
    throw lockedError(`job-${locked.job}`);
  const exitCode = counts.failed > 0 ? 3 : 0;
  // A log of every five minutes has room for what was done only.
  const told = which === 'due' ? results.filter(({ outcome }) => !NOT_DUE.includes(outcome)) : results;
  const data = { jobs: which, ...counts, results: told, dry_run: globals.dryRun };
  const isForPerson = globals.format === 'table' || (globals.format === undefined && io.stdoutIsTerminal);
  if (!isForPerson && globals.format !== 'csv')
    return { kind: 'text', text: `${JSON.stringify(data)}\n`, exitCode };
  const columns = [
    { key: 'job' },
    { key: 'outcome' },
    { key: 'duration_ms', align: 'right' as const },
    { key: 'error' },
    { key: 'summary', wide: true },
    { key: 'slot', wide: true },
    { key: 'attempts', align: 'right' as const, wide: true },
  ];
  return { kind: 'list', columns, rows: told.map((row) => ({ ...row })), exitCode };
}
