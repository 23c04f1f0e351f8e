import { z } from 'zod';
import { readHistory } from '../../core/segments/segment-history.ts';
import { parseInstant } from '../../core/time.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'segments history',
  summary: 'Show who was in a segment from when until when',
  description:
    'By what each scoring found: a customer enters a segment with the first scoring that puts them there, and leaves it with the first that does not. --as-of shows who was in it at a time.',
  arguments: [{ syntax: '[name]', description: 'one segment; all by default' }],
  options: [
    { flags: '--customer <id>', description: 'of one customer' },
    { flags: '--as-of <time>', description: 'only who was in it then' },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral segments history power_user --limit 5', explains: 'the first five' },
    { line: 'referral segments history --customer C-0001 --json', explains: 'what one customer was when' },
    { line: 'referral segments history activ_user', explains: 'one that is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    name: z.string().optional(),
    customer: z.string().optional(),
    asOf: z.string().optional(),
    ...pageFields,
  }),
  async run(context, { name, customer, asOf, limit, offset }) {
    const at = asOf === undefined ? undefined : parseInstant(asOf, '--as-of', context.globals.timezone);
    const selection = { segment: name, customer, at, limit, offset };
    return context.usingDatabase(async ({ queries }) => ({
      kind: 'list',
      columns: [{ key: 'segment' }, { key: 'customer_id' }, { key: 'entered_at' }, { key: 'left_at' }],
      rows: await readHistory(queries, selection, context.clock.now()),
    }));
  },
});
