import { type Instant, toInstant } from '../time.ts';
import type { CampaignState, ContestState, Need, RunState } from './status.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
// As `doctor` has them.
const UNFINISHED_AFTER_MS = HOUR_MS;
const BACKUP_AGE_DAYS = 7;

export interface Findings {
  readonly now: Instant;
  /** The name that `backup release` wants to be confirmed with. */
  readonly databaseName: string;
  readonly quarantinedSince: Instant | undefined;
  readonly outgoing: boolean;
  readonly clockJump: boolean;
  readonly campaigns: readonly CampaignState[];
  /** Campaigns whose next mail could have gone out already. */
  readonly due: ReadonlySet<string>;
  readonly contests: readonly ContestState[];
  readonly running: readonly RunState[];
  readonly failed: readonly { readonly id: number; readonly command: string }[];
  readonly failingJobs: readonly {
    readonly job: string;
    readonly since: Instant;
    readonly failures: number;
  }[];
  readonly lastBackup: Instant | null;
  readonly hasCustomers: boolean;
}

/** What needs a person, the most urgent first. */
export function findNeeds(findings: Findings): readonly Need[] {
  return [
    ...findBlocks(findings),
    ...findings.campaigns.flatMap((campaign) => needsOfCampaign(campaign, findings.due)),
    ...findings.contests.flatMap((contest) => needsOfContest(contest, findings.now)),
    ...findings.failingJobs.map(needOfJob),
    ...findings.failed.map(needOfFailure),
    ...findings.running.flatMap((run) => needsOfRun(run, findings.now)),
    ...needsOfBackup(findings),
  ];
}

/** What stops every mail and every payment. */
function findBlocks({ quarantinedSince, outgoing, clockJump, databaseName }: Findings): readonly Need[] {
  const needs: Need[] = [];
  if (quarantinedSince !== undefined) {
    needs.push({
      ...{ what: 'quarantine', subject: null, count: 1 },
      message: `Restored from a backup at ${quarantinedSince}: nothing is mailed or paid until it is released`,
      command: `referral backup release --confirm ${databaseName}`,
    });
  }
  if (!outgoing) {
    needs.push({
      ...{ what: 'outgoing_off', subject: null, count: 1 },
      message: 'The flag "outgoing" is off: nothing is mailed or paid',
      command: 'referral flags set outgoing on',
    });
  }
  if (clockJump) {
    needs.push({
      ...{ what: 'clock_jump', subject: null, count: 1 },
      message: 'The clock went back: nothing is mailed until somebody has set it right',
      command: 'referral campaigns release',
    });
  }
  return needs;
}

function needsOfCampaign(
  { campaign, status, pending, in_doubt, sending }: CampaignState,
  due: ReadonlySet<string>,
): readonly Need[] {
  const subject = campaign;
  const needs: Need[] = [];
  if (in_doubt > 0) {
    needs.push({
      ...{ what: 'in_doubt', subject, count: in_doubt },
      message: `${campaign}: ${in_doubt} ${plural(in_doubt, 'mail is', 'mails are')} in doubt`,
      command: `referral campaigns resolve ${campaign} --help`,
    });
  }
  if (status === 'submitted') {
    needs.push({
      ...{ what: 'approval', subject, count: 1 },
      message: `${campaign}: waits for approval`,
      command: `referral campaigns approve ${campaign}`,
    });
  }
  if (status === 'paused' && pending > 0) {
    needs.push({
      ...{ what: 'paused_campaign', subject, count: pending },
      message: `${campaign}: paused with ${count(pending)} ${plural(pending, 'mail', 'mails')} to go`,
      command: `referral campaigns resume ${campaign}`,
    });
  }
  if (status === 'sending' && !sending && due.has(campaign)) {
    needs.push({
      ...{ what: 'nobody_sends', subject, count: pending },
      message: `${campaign}: ${count(pending)} ${plural(pending, 'mail waits', 'mails wait')} and nobody is sending`,
      command: `referral campaigns send ${campaign} --yes`,
    });
  }
  return needs;
}

function needsOfContest(
  { contest, status, ends_at, undecided }: ContestState,
  now: Instant,
): readonly Need[] {
  const needs: Need[] = [];
  if (undecided > 0) {
    needs.push({
      ...{ what: 'held_referrals', subject: contest, count: undecided },
      message: `${contest}: ${count(undecided)} ${plural(undecided, 'referral is', 'referrals are')} held for a person to decide`,
      command: `referral conversions list --contest ${contest} --status held`,
    });
  }
  if ((status === 'active' || status === 'paused') && ends_at <= now) {
    needs.push({
      ...{ what: 'contest_over', subject: contest, count: 1 },
      message: `${contest}: its time was over at ${ends_at}`,
      command: `referral contests end ${contest}`,
    });
  }
  if (status === 'ended') {
    needs.push({
      ...{ what: 'contest_over', subject: contest, count: 1 },
      message: `${contest}: has ended, and its ranking is not final`,
      command: `referral contests finalize ${contest} --dry-run`,
    });
  }
  return needs;
}

function needOfJob({ job, since, failures }: Findings['failingJobs'][number]): Need {
  return {
    ...{ what: 'failing_job', subject: job, count: failures },
    message: `Job ${job}: fails since ${since}`,
    command: `referral jobs run ${job}`,
  };
}

function needOfFailure({ id, command }: Findings['failed'][number]): Need {
  return {
    ...{ what: 'failed_run', subject: command, count: 1 },
    message: `${command}: its last run failed`,
    command: `referral runs show ${id}`,
  };
}

function needsOfRun({ run, command, started_at }: RunState, now: Instant): readonly Need[] {
  if (Date.parse(now) - Date.parse(started_at) < UNFINISHED_AFTER_MS) return [];
  return [
    {
      ...{ what: 'unfinished_run', subject: String(run), count: 1 },
      message: `${command}: began at ${started_at} and never ended: still at work, or killed`,
      command: `referral runs show ${run}`,
    },
  ];
}

function needsOfBackup({ lastBackup, hasCustomers, now }: Findings): readonly Need[] {
  if (!hasCustomers) return [];
  const oldest = toInstant(Date.parse(now) - BACKUP_AGE_DAYS * DAY_MS);
  if (lastBackup !== null && lastBackup > oldest) return [];
  const message =
    lastBackup === null ? 'There has never been a backup' : `The last backup was made at ${lastBackup}`;
  return [{ what: 'backup', subject: null, count: 1, message, command: 'referral backup create' }];
}

function plural(number: number, one: string, more: string): string {
  return number === 1 ? one : more;
}

function count(number: number): string {
  return number.toLocaleString('en-US');
}
