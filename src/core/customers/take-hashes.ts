import type { HashedBatch } from './hashed-batch.ts';
import type { ImportBatch } from './import-batch.ts';
import type { ImportSource } from './open-import-source.ts';
import type { Taking } from './take-batch.ts';

// Of a batch; where more rows differ, looking for those that don't is work for nothing.
const MOST_ALTERED = 0.25;

/**
 * Passes over the rows of a batch of hashes that their customers were taken from, unchanged since, and gives the others as rows. Rows that name a customer
 * twice are all looked at: one after the other they may change something and change it back.
 */
export async function takeHashes(
  batch: HashedBatch,
  source: ImportSource,
  { statements, tally, seen }: Taking,
): Promise<ImportBatch> {
  const { altered, ids } = batch.hasRepeats
    ? { altered: Array.from({ length: batch.rows }, (_, place) => place), ids: [] }
    : await statements.findAltered(batch, seen !== undefined);
  for (const id of ids) seen?.(id);
  const passed = batch.rows - altered.length;
  tally.rows += passed;
  tally.unchanged += passed;
  if (altered.length > MOST_ALTERED * batch.rows) source.gather('rows');
  return source.reread(batch, altered);
}
