import { z } from 'zod';
import { listCampaigns } from '../../core/campaigns/list-campaigns.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'campaigns list',
  summary: 'List campaigns with their totals',
  description: 'Lists campaigns by name, with their status and where their recipients are.',
  options: [
    { flags: '--where <condition>', description: 'only these, such as "status = sending"', repeatable: true },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral campaigns list', explains: 'all of them' },
    { line: 'referral campaigns list --where "status = sent" --json', explains: 'those that are done' },
    { line: 'referral campaigns list --format csv --limit 10', explains: 'the first ten as CSV' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({ where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, options) {
    const { timezone } = await context.config();
    return context.usingDatabase(async ({ queries }) => ({
      kind: 'list',
      columns: [
        { key: 'campaign' },
        { key: 'status' },
        { key: 'contest' },
        { key: 'template', wide: true },
        { key: 'planned', align: 'right' },
        { key: 'pending', align: 'right' },
        { key: 'accepted', align: 'right' },
        { key: 'refused', align: 'right' },
        { key: 'in_doubt', align: 'right' },
        { key: 'skipped', align: 'right', wide: true },
        { key: 'created_at', wide: true },
        { key: 'started_at', wide: true },
        { key: 'finished_at', wide: true },
      ],
      rows: await listCampaigns(queries, context.clock, { ...options, timezone }),
    }));
  },
});
