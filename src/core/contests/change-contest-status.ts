import type { Updateable } from 'kysely';
import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { ContestStatus, ContestsTable } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import { type ContestAction, transitionContest } from './contest-transition.ts';
import { updateContest } from './contests-queries.ts';
import { type Contest, getContest } from './get-contest.ts';

const ACTIONS = {
  pause: 'paused',
  resume: 'resumed',
  end: 'ended',
  cancel: 'cancelled',
} as const satisfies Partial<Record<ContestAction, string>>;

export interface ChangedContest {
  readonly contest: string;
  readonly status: ContestStatus;
  /** Did this call change anything? */
  readonly changed: boolean;
}

/** Pauses, resumes, ends or cancels a contest; to where it is already changes nothing. Run it in a transaction. */
export async function changeContestStatus(
  queries: Queries,
  { clock, run }: { readonly clock: Clock; readonly run: Run },
  slug: string,
  action: keyof typeof ACTIONS,
): Promise<ChangedContest> {
  const contest = await getContest(queries, slug);
  const status = transitionContest(contest, action);
  if (status === undefined) return { contest: slug, status: contest.status, changed: false };
  await moveContest(queries, contest, status, action === 'end' ? { ended_at: clock.now() } : {});
  await appendAudit(queries, clock, run, {
    action: `contest.${ACTIONS[action]}`,
    subject: slug,
    details: { from: contest.status, to: status },
  });
  return { contest: slug, status, changed: true };
}

/** Writes the new status, unless somebody else changed it since it was read. */
export async function moveContest(
  queries: Queries,
  contest: Contest,
  status: ContestStatus,
  changes: Updateable<ContestsTable>,
): Promise<void> {
  if (await updateContest(queries, contest, { ...changes, status })) return;
  throw new ReferralError(
    'state_forbids',
    `Contest "${contest.slug}" was changed by somebody else just now`,
    {
      hint: `See: referral contests show ${contest.slug}`,
    },
  );
}
