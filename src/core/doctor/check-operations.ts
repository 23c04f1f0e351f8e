import { type BackupRecord, findLastBackups } from '../backup/last-backups.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { senderLockName } from '../delivery/sender.ts';
import { type JobRow, listJobs } from '../jobs/list-jobs.ts';
import type { Config } from '../settings/config.ts';
import { isFlagOn } from '../settings/flags.ts';
import { type Check, fail, ok, warn } from './check.ts';
import { findLastDone, hasCustomers, listDoubts, listRunningJobs, listSenders } from './doctor-queries.ts';

export interface OperationChecks {
  readonly clock: Clock;
  readonly config: Config;
  readonly readOnly: boolean;
  /** Is the secret there that webhooks are signed with? */
  readonly hasWebhookSecret: boolean;
}

const DAY_MS = 86_400_000;
const BACKUP_AGE_DAYS = 7;
const DRILL_AGE_DAYS = 30;

/** What runs by itself, what it left behind, and who is told when it does not. For a migrated database. */
export async function checkOperations(
  database: Database,
  options: OperationChecks,
): Promise<readonly Check[]> {
  const { clock, config, readOnly } = options;
  const jobs = await listJobs(database.queries, config, clock);
  const hasRun = jobs.some(({ outcome }) => outcome !== null);
  return [
    checkJobs(jobs, clock),
    checkNotifications(options, hasRun),
    ...(readOnly ? [] : [await checkSenders(database), await checkRunning(database)]),
    await checkDoubts(database),
    await checkOutgoing(database),
    ...(await checkBackups(database, clock)),
  ];
}

function checkJobs(jobs: readonly JobRow[], clock: Clock): Check {
  const failing = jobs.filter(({ failing_since }) => failing_since !== null);
  const [first] = failing;
  if (first !== undefined) {
    const names = failing.map(({ job, failing_since, error }) => `${job} since ${failing_since} (${error})`);
    return fail('jobs', `Failing: ${names.join(', ')}`, `referral jobs run ${first.job}`);
  }
  if (jobs.every(({ outcome }) => outcome === null)) {
    return ok('jobs', 'No job has run yet; cron starts them with: referral jobs crontab');
  }
  const late = jobs.filter(
    ({ overdue_since: since }) => since !== null && Date.parse(since) < clock.milliseconds() - DAY_MS,
  );
  if (late.length === 0) return ok('jobs', 'Every job was done when it was due');
  const names = late.map(({ job }) => job).join(', ');
  return warn('jobs', `Due for more than a day: ${names}`, 'referral jobs run due');
}

function checkNotifications({ config, hasWebhookSecret }: OperationChecks, hasRun: boolean): Check {
  const { mail_to: addresses, webhook_url: url } = config.notify;
  if (addresses.length > 0 && config.smtp.url === undefined) {
    return fail(
      'notifications',
      'notify.mail_to is set, but there is no mail server',
      'Set REFERRAL_SMTP_URL',
    );
  }
  if (url !== undefined && !hasWebhookSecret) {
    const message = 'notify.webhook_url is set, but there is nothing to sign with';
    return fail('notifications', message, 'Set REFERRAL_WEBHOOK_SECRET to 32 random characters or more');
  }
  if (addresses.length === 0 && url === undefined) {
    const message = 'Nobody is told when a job fails';
    return hasRun
      ? warn('notifications', message, 'Set notify.mail_to or notify.webhook_url')
      : ok('notifications', `${message}; none has run yet`);
  }
  const ways = [...addresses, ...(url === undefined ? [] : [new URL(url).host])];
  return ok('notifications', `Told when a job fails: ${ways.join(', ')}`);
}

/** A sender lives while it holds its lock: one whose lock is free was killed. */
async function checkSenders(database: Database): Promise<Check> {
  const dead: string[] = [];
  for (const { id, campaign } of await listSenders(database.queries)) {
    const lock = await database.tryLock(senderLockName(id));
    if (lock === undefined) continue;
    await lock.release();
    dead.push(campaign);
  }
  const [first] = dead;
  if (first === undefined) return ok('senders', 'No sender was killed at its work');
  const message = `${dead.length} killed at their work, of ${[...new Set(dead)].join(', ')}`;
  return warn('senders', message, `referral campaigns send ${first} --yes`);
}

async function checkRunning(database: Database): Promise<Check> {
  const dead: string[] = [];
  for (const { job } of await listRunningJobs(database.queries)) {
    const lock = await database.tryLock(`job-${job}`);
    if (lock === undefined) continue;
    await lock.release();
    dead.push(job);
  }
  const [first] = dead;
  if (first === undefined) return ok('stale_jobs', 'No job was killed at its work');
  return warn('stale_jobs', `Killed at their work: ${dead.join(', ')}`, `referral jobs run ${first}`);
}

async function checkDoubts({ queries }: Database): Promise<Check> {
  const doubts = await listDoubts(queries);
  const [first] = doubts;
  if (first === undefined) return ok('in_doubt', 'No delivery is in doubt');
  const found = doubts.map(({ campaign, count }) => `${count} of ${campaign}`).join(', ');
  return warn('in_doubt', `In doubt: ${found}`, `referral campaigns resolve ${first.campaign} --help`);
}

async function checkOutgoing({ queries }: Database): Promise<Check> {
  if (await isFlagOn(queries, 'outgoing')) return ok('outgoing', 'The flag outgoing is on');
  return warn(
    'outgoing',
    'The flag outgoing is off: nothing is mailed or paid',
    'referral flags set outgoing on',
  );
}

async function checkBackups({ queries }: Database, clock: Clock): Promise<readonly Check[]> {
  const { created, drilled, drill_failed } = await findLastBackups(queries);
  const last = created?.at ?? (await findLastDone(queries, 'backup create'));
  const fix = 'referral backup create';
  if (last === undefined) {
    const nothing = ok('backup', 'Nothing to back up yet');
    return [(await hasCustomers(queries)) ? warn('backup', 'There has never been a backup', fix) : nothing];
  }
  const days = ageInDays(last, clock);
  const backup =
    days >= BACKUP_AGE_DAYS
      ? warn('backup', `The last backup is ${days} days old`, fix)
      : ok('backup', `The last backup was made at ${last}`);
  return [backup, checkDrill(drilled, drill_failed, clock)];
}

function checkDrill(
  drilled: BackupRecord | undefined,
  failed: BackupRecord | undefined,
  clock: Clock,
): Check {
  const fix = 'referral backup drill';
  if (failed !== undefined) {
    return fail('drill', `The last drill failed at ${failed.at}: ${failed.problem ?? 'unknown'}`, fix);
  }
  if (drilled === undefined) return warn('drill', 'No backup was ever restored on trial', fix);
  const days = ageInDays(drilled.at, clock);
  if (days >= DRILL_AGE_DAYS) return warn('drill', `The last drill is ${days} days old`, fix);
  return ok('drill', `A backup was restored on trial at ${drilled.at}`);
}

function ageInDays(at: string, clock: Clock): number {
  return Math.floor((clock.milliseconds() - Date.parse(at)) / DAY_MS);
}
