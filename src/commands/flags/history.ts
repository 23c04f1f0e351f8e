import { z } from 'zod';
import { listHistory } from '../../core/settings/change-history.ts';
import { parseFlagName } from '../../core/settings/flags.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Row } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'flags history',
  summary: 'Show who switched which flag when',
  description:
    'The changes, the newest first: what it was, what it became, by whom and in which run. They come from the audit log, and go back as far as that does.',
  arguments: [{ syntax: '[name]', description: 'only this one' }],
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral flags history', explains: 'all of them' },
    { line: 'referral flags history outgoing --limit 5', explains: 'the last five of one' },
    { line: 'referral flags history --json', explains: 'as JSON' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string().optional(), ...pageFields }),
  async run(context, { name: text, limit, offset }) {
    const name = text === undefined ? undefined : parseFlagName(text);
    const now = context.clock.now();
    const rows = await context.usingDatabase(({ queries }) =>
      listHistory(queries, { kind: 'flag', name, limit, offset, now }),
    );
    return {
      kind: 'list',
      columns: [
        { key: 'at' },
        { key: 'name' },
        { key: 'from' },
        { key: 'to' },
        { key: 'operator' },
        { key: 'run_id', align: 'right', wide: true },
      ],
      rows: rows.map((row) => ({ ...row })) as Row[],
    };
  },
});
