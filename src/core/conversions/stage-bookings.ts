import type { Queries } from '../database/database.ts';
import type { BookingReading } from './read-booking-file.ts';
import { createStage, fillStage, findRepeatedRows, type StageSurvey, surveyStage } from './stage-queries.ts';

/** Brings all good rows of a file into a temporary table, and says what is there; after that the hash of the file is known. */
export async function stageBookings(
  queries: Queries,
  reading: BookingReading,
  onBatch: () => void,
): Promise<StageSurvey> {
  await createStage(queries);
  for await (const { count, payload } of reading.batches()) {
    if (count > 0) await fillStage(queries, payload);
    onBatch();
  }
  const survey = await surveyStage(queries);
  await findRepeatedRows(queries, survey);
  return survey;
}
