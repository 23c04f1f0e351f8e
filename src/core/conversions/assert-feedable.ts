import type { Contest } from '../contests/get-contest.ts';
import { ReferralError } from '../errors.ts';

/** Throws `state_forbids` for a contest whose referrals can't change: not launched yet, cancelled, or final. */
export function assertFeedable(contest: Pick<Contest, 'slug' | 'status'>): void {
  const { slug, status } = contest;
  if (status === 'active' || status === 'paused' || status === 'ended') return;
  throw new ReferralError('state_forbids', `The contest "${slug}" is ${status}`, {
    reason: REASONS[status],
    hint:
      status === 'draft'
        ? `Launch it first: referral contests launch ${slug}`
        : `See: referral contests show ${slug}`,
    details: { contest: slug, status },
  });
}

const REASONS = {
  draft: 'It has no participants and no codes yet, so nothing could be credited.',
  finalized: 'Its results are signed off; bookings can change nothing any more.',
  cancelled: 'It was called off; its bookings earn nothing.',
} as const;
