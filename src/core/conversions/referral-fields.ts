import type { WhereFields } from '../selection/where-field.ts';

/** What `--where` can say about a referral; attributes are those of its booking. */
export const referralFields: WhereFields = {
  noun: 'referrals',
  fields: {
    id: { type: 'integer', column: 'r.id' },
    contest: { type: 'text', column: 'contests.slug' },
    code: { type: 'text', column: 'codes.code' },
    referrer_id: { type: 'text', column: 'referrer.customer_id' },
    friend_id: { type: 'text', column: 'friend.customer_id' },
    booking_reference: { type: 'text', column: 'b.booking_reference' },
    source: { type: 'text', column: 'b.source' },
    status: {
      type: 'choice',
      column: 'r.status',
      choices: ['pending', 'held', 'approved', 'rejected', 'reversed', 'expired'],
    },
    reason: { type: 'text', column: 'r.reason' },
    amount: { type: 'money', column: 'r.amount_minor', currency: 'r.currency' },
    currency: { type: 'text', column: 'r.currency' },
    booked_at: { type: 'time', column: 'r.booked_at' },
    hold_until: { type: 'time', column: 'r.hold_until' },
    decided_at: { type: 'time', column: 'r.decided_at' },
    decided_by: { type: 'text', column: 'r.decided_by' },
  },
  attributes: 'b.attributes',
};
