import { type HistoryOptions, listHistory } from '../../core/settings/change-history.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result, Row } from '../_runtime/result.ts';

/** The changes of settings or flags, the newest first. */
export async function listChanges(context: Context, changes: Omit<HistoryOptions, 'now'>): Promise<Result> {
  const now = context.clock.now();
  const rows = await context.usingDatabase(({ queries }) => listHistory(queries, { ...changes, now }));
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
}
