import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { findClockJump } from '../limits/clock-guard.ts';
import { formatMinorUnits } from '../money.ts';
import { isFlagOn } from '../settings/flags.ts';
import { findQuarantine } from '../settings/quarantine.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { findNeeds } from './find-needs.ts';
import type { CampaignState, ContestState, RunState, Status } from './status.ts';
import {
  countOpenReferrals,
  countUnsettled,
  findLastBackup,
  isInUse,
  listFailedCommands,
  listFailingJobs,
  listLiveContests,
  listOpenCampaigns,
  listOpenRuns,
  listSentNow,
  sumPayable,
  type Unsettled,
} from './status-queries.ts';

/** A failure of longer ago was either mended or is none of anybody's concern. */
const FAILURES_FOR_MS = 7 * 24 * 3_600_000;

/**
 * What runs, what waits and what needs a person. Reads one snapshot; counts come from indexes of what is open, so that
 * millions of settled mails cost nothing.
 */
export async function readStatus(database: Database, clock: Clock): Promise<Status> {
  const now = clock.now();
  return database.snapshot(async (queries) => {
    const unsettled = await countUnsettled(queries);
    const campaigns = await listCampaignStates(queries, unsettled);
    const contests = await listContestStates(queries);
    const running = await listRunStates(queries);
    const lastBackup = await findLastBackup(queries);
    const payable = await sumPayable(queries);
    const needs = findNeeds({
      now,
      databaseName: database.name,
      quarantinedSince: await findQuarantine(queries),
      outgoing: await isFlagOn(queries, 'outgoing'),
      clockJump: (await findClockJump(queries)) !== undefined,
      campaigns,
      due: new Set(unsettled.filter((one) => isDue(one, now)).map(({ campaign }) => campaign)),
      contests,
      running,
      failed: await listFailedCommands(queries, addMilliseconds(now, -FAILURES_FOR_MS)),
      failingJobs: (await listFailingJobs(queries)).map(({ job, failing_since, failures }) => ({
        job,
        since: failing_since,
        failures,
      })),
      lastBackup,
      hasCustomers: await isInUse(queries),
    });
    return {
      at: now,
      database: database.url,
      last_backup_at: lastBackup,
      running,
      campaigns,
      contests,
      payable: Object.fromEntries(
        payable.map(({ currency, amount_minor }) => [currency, formatMinorUnits(amount_minor, currency)]),
      ),
      payable_rewards: payable.reduce((sum, { count }) => sum + count, 0),
      needs,
    };
  });
}

async function listCampaignStates(
  queries: Queries,
  unsettled: readonly Unsettled[],
): Promise<readonly CampaignState[]> {
  const sent = await listSentNow(queries);
  const open = await listOpenCampaigns(queries);
  const states = open.map(({ campaign, status, send_at }) => {
    const own = unsettled.find((one) => one.campaign === campaign);
    const { pending = 0, in_doubt = 0 } = own ?? {};
    return { campaign, status, send_at, pending, in_doubt, sending: sent.has(campaign) };
  });
  // A campaign that is over can still have mails in doubt.
  const known = new Set(states.map(({ campaign }) => campaign));
  const doubtful = unsettled
    .filter(({ campaign, in_doubt }) => in_doubt > 0 && !known.has(campaign))
    .map(({ campaign, pending, in_doubt }) => ({
      ...{ campaign, status: 'sent' as const, send_at: null, pending, in_doubt, sending: false },
    }));
  return [...states, ...doubtful];
}

async function listContestStates(queries: Queries): Promise<readonly ContestState[]> {
  const open = new Map((await countOpenReferrals(queries)).map((row) => [row.contest, row]));
  return (await listLiveContests(queries)).map(({ slug, status, starts_at, ends_at }) => {
    const { pending = 0, waiting = 0, next_at = null, undecided = 0 } = open.get(slug) ?? {};
    return { contest: slug, status, starts_at, ends_at, pending, waiting, next_at, undecided };
  });
}

async function listRunStates(queries: Queries): Promise<readonly RunState[]> {
  return (await listOpenRuns(queries)).map(({ id, ...run }) => ({ run: id, ...run }));
}

function isDue({ due_at }: Unsettled, now: Instant): boolean {
  return due_at !== null && due_at <= now;
}
