import type { WhereFields } from '../selection/where-field.ts';

/** What `--where` can say about a contest. */
export const contestFields: WhereFields = {
  noun: 'contests',
  fields: {
    contest: { type: 'text', column: 'contests.slug' },
    name: { type: 'text', column: 'contests.name' },
    benefit: { type: 'text', column: 'contests.benefit' },
    status: {
      type: 'choice',
      column: 'contests.status',
      choices: ['draft', 'active', 'paused', 'ended', 'finalized', 'cancelled'],
    },
    timezone: { type: 'text', column: 'contests.timezone' },
    starts_at: { type: 'time', column: 'contests.starts_at' },
    ends_at: { type: 'time', column: 'contests.ends_at' },
    created_at: { type: 'time', column: 'contests.created_at' },
    launched_at: { type: 'time', column: 'contests.launched_at' },
  },
};
