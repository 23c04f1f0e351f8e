import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { getSegment } from './list-segments.ts';
import { type HistorySelection, listHistory } from './segments-queries.ts';

/** Who was in which segment from when until when. Throws `not_found` for a segment that is not there. */
export async function readHistory(queries: Queries, selection: HistorySelection, now: Instant) {
  if (selection.segment !== undefined) await getSegment(queries, selection.segment, now);
  return listHistory(queries, selection);
}
