import type { ContestStatus } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';

export type ContestAction = 'launch' | 'pause' | 'resume' | 'end' | 'finalize' | 'cancel';

interface Transition {
  readonly from: readonly ContestStatus[];
  readonly to: ContestStatus;
}

/** `draft → active ⇄ paused → ended → finalized`, or `cancelled` from anywhere before the end. */
export const CONTEST_TRANSITIONS: Readonly<Record<ContestAction, Transition>> = {
  launch: { from: ['draft'], to: 'active' },
  pause: { from: ['active'], to: 'paused' },
  resume: { from: ['paused'], to: 'active' },
  end: { from: ['active', 'paused'], to: 'ended' },
  finalize: { from: ['ended'], to: 'finalized' },
  cancel: { from: ['draft', 'active', 'paused', 'ended'], to: 'cancelled' },
};

const NEXT: Readonly<Partial<Record<ContestStatus, string>>> = {
  draft: 'contests launch',
  active: 'contests end',
  paused: 'contests resume',
  ended: 'contests finalize',
};

/**
 * The status after `action`, or undefined when the contest is there already, so that a repeated command changes nothing.
 * Throws `state_forbids` that names the command which the contest is waiting for.
 */
export function transitionContest(
  contest: { readonly slug: string; readonly status: ContestStatus },
  action: ContestAction,
): ContestStatus | undefined {
  const { from, to } = CONTEST_TRANSITIONS[action];
  if (from.includes(contest.status)) return to;
  if (contest.status === to) return undefined;
  throw contestStateError(contest, `can't be ${PAST[action]}`);
}

const PAST: Readonly<Record<ContestAction, string>> = {
  launch: 'launched',
  pause: 'paused',
  resume: 'resumed',
  end: 'ended',
  finalize: 'finalized',
  cancel: 'cancelled',
};

/** Throws `state_forbids` unless the contest is in one of these statuses. `what` ends the sentence `Contest "x" is draft and …`. */
export function assertContestStatus(
  contest: { readonly slug: string; readonly status: ContestStatus },
  statuses: readonly ContestStatus[],
  what: string,
): void {
  if (!statuses.includes(contest.status)) throw contestStateError(contest, what);
}

function contestStateError(
  { slug, status }: { readonly slug: string; readonly status: ContestStatus },
  what: string,
): ReferralError {
  const next = NEXT[status];
  return new ReferralError('state_forbids', `Contest "${slug}" is ${status} and ${what}`, {
    reason:
      'A contest goes draft → active ⇄ paused → ended → finalized; cancelled and finalized are for good.',
    hint:
      next === undefined ? `See: referral contests show ${slug}` : `Next for it: referral ${next} ${slug}`,
    details: { contest: slug, status },
  });
}
