import type { HashedBatch } from './hashed-batch.ts';
import type { ImportBatch } from './import-batch.ts';
import type { ImportSource } from './open-import-source.ts';
import type { Taking } from './take-batch.ts';

/** The rows of a batch that have to be looked at. */
export async function rowsOf(
  batch: ImportBatch | HashedBatch,
  source: ImportSource,
  taking: Taking,
): Promise<ImportBatch> {
  if (batch.kind === 'hashes') return takeHashes(batch, source, taking);
  taking.gathering?.tookRows();
  return batch;
}

/**
 * Passes over the rows of a batch of hashes that their customers were taken from, unchanged since, and gives the others as rows. Rows that name a customer
 * twice are all looked at: one after the other they may change something and change it back.
 */
async function takeHashes(
  batch: HashedBatch,
  source: ImportSource,
  { statements, tally, seen, gathering }: Taking,
): Promise<ImportBatch> {
  if (batch.hasRepeats) {
    const all = Array.from({ length: batch.rows }, (_, place) => place);
    return source.reread(batch, all);
  }
  const { altered, ids } = await statements.findAltered(batch, seen !== undefined);
  for (const id of ids) seen?.(id);
  const passed = batch.rows - altered.length;
  tally.rows += passed;
  tally.unchanged += passed;
  gathering?.tookHashes(altered.length, batch.rows);
  return source.reread(batch, altered);
}
