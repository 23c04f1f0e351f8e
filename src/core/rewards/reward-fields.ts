import type { WhereFields } from '../selection/where-field.ts';

/** What `--where` can say about a reward. */
export const rewardFields: WhereFields = {
  noun: 'rewards',
  fields: {
    id: { type: 'integer', column: 'w.id' },
    contest: { type: 'text', column: 'contests.slug' },
    customer_id: { type: 'text', column: 'customers.customer_id' },
    side: {
      type: 'choice',
      column: 'w.side',
      choices: ['referrer', 'friend', 'milestone', 'position', 'drawing'],
    },
    rule: { type: 'text', column: 'w.rule' },
    type: {
      type: 'choice',
      column: 'w.type',
      choices: ['money', 'percentage', 'free_days', 'points', 'badge'],
    },
    amount: { type: 'money', column: 'w.amount_minor', currency: 'w.currency' },
    currency: { type: 'text', column: 'w.currency' },
    days: { type: 'integer', column: 'w.days' },
    badge: { type: 'text', column: 'w.badge' },
    status: {
      type: 'choice',
      column: 'w.status',
      choices: ['held', 'available', 'claimed', 'paid', 'expired', 'reversed'],
    },
    created_at: { type: 'time', column: 'w.created_at' },
    due_at: { type: 'time', column: 'w.due_at' },
    expires_at: { type: 'time', column: 'w.expires_at' },
    claimed_at: { type: 'time', column: 'w.claimed_at' },
    paid_at: { type: 'time', column: 'w.paid_at' },
  },
};
