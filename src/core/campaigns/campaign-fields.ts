import type { WhereFields } from '../selection/where-field.ts';

/** What `--where` can say about a campaign. */
export const campaignFields: WhereFields = {
  noun: 'campaigns',
  fields: {
    campaign: { type: 'text', column: 'campaigns.slug' },
    contest: { type: 'text', column: 'contests.slug' },
    template: { type: 'text', column: 'templates.name' },
    status: {
      type: 'choice',
      column: 'campaigns.status',
      choices: ['draft', 'submitted', 'approved', 'sending', 'paused', 'sent', 'cancelled'],
    },
    transport: { type: 'text', column: 'campaigns.transport' },
    created_at: { type: 'time', column: 'campaigns.created_at' },
    started_at: { type: 'time', column: 'campaigns.started_at' },
    finished_at: { type: 'time', column: 'campaigns.finished_at' },
  },
};
