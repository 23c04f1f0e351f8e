import { type AskedSegments, readChosenBy } from '../templates/asked-segments.ts';
import { createSegmentLoader, type LoadSegmentValues } from '../templates/segment-values.ts';
import type { Values } from '../templates/values.ts';
import { listChosenBy } from './assignment-queries.ts';

/** A loader of segments and scores as they were when a campaign was frozen, so that scoring again changes no mail that was planned. */
export function createFrozenLoader(campaignId: number, asked: AskedSegments): LoadSegmentValues {
  const loadNow = createSegmentLoader(asked);
  return async (queries, refs) => {
    const values = new Map<number, Values>();
    for (const { customer_ref, chosen_by } of await listChosenBy(queries, campaignId, refs))
      if (chosen_by !== null) values.set(customer_ref, readChosenBy(chosen_by));
    // A campaign of before anything was frozen.
    const others = refs.filter((ref) => !values.has(ref));
    if (others.length === 0) return values;
    return new Map([...values, ...(await loadNow(queries, others))]);
  };
}
