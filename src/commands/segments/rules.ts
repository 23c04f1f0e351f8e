import { z } from 'zod';
import { describeRfmSegment, RFM_SEGMENTS } from '../../core/segments/rfm.ts';
import { getSegmentThresholds } from '../../core/selection/compile-where.ts';
import { describeSegmentRules, RULE_SEGMENTS } from '../../core/selection/segment-rules.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'segments rules',
  summary: 'Show the rules by which customers are sorted',
  description:
    'The rules in the order in which they are tried: a customer is in the first that fits, or in none. Their thresholds are settings: segments.new_days, segments.active_days, segments.power_bookings, segments.inactive_days. The RFM segments stand beside them: everyone who has ever booked is in one of those too.',
  examples: [
    { line: 'referral segments rules', explains: 'the rules in force' },
    { line: 'referral segments rules --json', explains: 'as JSON' },
    {
      line: 'referral settings set segments.new_days 14 -q && referral segments rules',
      explains: 'change a threshold, and look again',
    },
  ],
  exitCodes: [10],
  changes: false,
  options: PAGE_OPTIONS,
  input: z.object(pageFields),
  async run(context, { limit, offset }) {
    const thresholds = await context.usingDatabase(({ queries }) => getSegmentThresholds(queries));
    const rules = describeSegmentRules(thresholds);
    const rows = [
      ...RULE_SEGMENTS.map((segment) => ({ segment, rule: rules[segment] })),
      ...RFM_SEGMENTS.map((segment) => ({ segment, rule: describeRfmSegment(segment) })),
    ].map((row, index) => ({ order: index + 1, ...row }));
    return {
      kind: 'list',
      columns: [{ key: 'order', align: 'right' }, { key: 'segment' }, { key: 'rule' }],
      rows: rows.slice(offset, limit === undefined ? undefined : offset + limit),
    };
  },
});
