import type { Queries } from '../database/database.ts';
import type { BookingReading } from './read-booking-file.ts';
import { createStage, fillStage, findRepeatedRows, indexStage } from './stage-queries.ts';

/** Brings all good rows of a file into a temporary table; after that the hash of the file is known. */
export async function stageBookings(
  queries: Queries,
  reading: BookingReading,
  onBatch: () => void,
): Promise<void> {
  await createStage(queries);
  for await (const { count, payload } of reading.batches()) {
    if (count > 0) await fillStage(queries, payload);
    onBatch();
  }
  await indexStage(queries);
  await findRepeatedRows(queries);
}
