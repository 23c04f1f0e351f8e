import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { countCustomers } from '../customers/count-customers.ts';
import type { Database, Queries } from '../database/database.ts';
import { getSegmentThresholds } from '../selection/compile-where.ts';
import { RULE_SEGMENTS, segmentLimits } from '../selection/segment-rules.ts';
import type { Instant } from '../time.ts';
import { RFM_SEGMENTS } from './rfm.ts';
import { rfmPlaces } from './rfm-queries.ts';
import { compileDefinition, parseDefinition } from './saved-segment.ts';
import {
  conditionPlaces,
  countMembers,
  listSegmentRows,
  replaceMembers,
  rulePlaces,
  upsertSegments,
} from './segments-queries.ts';

export interface ScoreResult {
  /** `rules`, or the name of a model. */
  readonly model: string;
  readonly version: number;
  /** Customers who were looked at; who fits no rule is in no segment. */
  readonly scored: number;
  readonly segments: Readonly<Record<string, number>>;
  /** The same by recency, frequency and monetary value, of those who have booked. */
  readonly rfm: Readonly<Record<string, number>>;
  /** The same of the segments that operators have saved; a customer can be in several. */
  readonly saved: Readonly<Record<string, number>>;
  readonly dry_run: boolean;
}

/** Puts every customer who is not erased into the first segment by rule that fits, into one by RFM and into the saved ones, and keeps who is where since when. */
export async function scoreSegments(
  database: Database,
  { clock, run, dryRun }: { readonly clock: Clock; readonly run: Run; readonly dryRun: boolean },
): Promise<ScoreResult> {
  const now = clock.now();
  return database.transaction(
    async (transaction) => {
      const segments = await scoreRules(transaction, now);
      const rfm = await scoreRfm(transaction, now);
      const saved = await scoreSaved(transaction, now);
      const scored = await countCustomers(transaction);
      await appendAudit(transaction, clock, run, {
        action: 'segments.scored',
        subject: 'rules',
        details: { scored, segments, rfm, saved },
      });
      return { model: 'rules', version: 1, scored, segments, rfm, saved, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

async function scoreRules(transaction: Queries, now: Instant): Promise<Record<string, number>> {
  const thresholds = await getSegmentThresholds(transaction);
  const definition = canonicalJson(thresholds);
  const rows = RULE_SEGMENTS.map((name) => ({ name, kind: 'rule' as const, definition }));
  const ids = await upsertSegments(transaction, rows, now);
  await replaceMembers(transaction, rulePlaces(segmentLimits(thresholds, now)), [...ids.values()], now);
  return countByName(transaction, RULE_SEGMENTS, ids);
}

async function scoreRfm(transaction: Queries, now: Instant): Promise<Record<string, number>> {
  const definition = canonicalJson({ by: 'rfm' });
  const rows = RFM_SEGMENTS.map((name) => ({ name, kind: 'rule' as const, definition }));
  const ids = await upsertSegments(transaction, rows, now);
  await replaceMembers(transaction, await rfmPlaces(transaction, now), [...ids.values()], now);
  return countByName(transaction, RFM_SEGMENTS, ids);
}

/** In the order in which they were made, so that one may build on an earlier one. */
async function scoreSaved(transaction: Queries, now: Instant): Promise<Record<string, number>> {
  const rows = (await listSegmentRows(transaction)).filter((row) => row.kind === 'where');
  for (const { id, name, definition } of rows.toSorted((a, b) => a.id - b.id)) {
    const condition = await compileDefinition(transaction, name, parseDefinition(definition), now);
    await replaceMembers(transaction, conditionPlaces(name, condition), [id], now);
  }
  return countByName(
    transaction,
    rows.map(({ name }) => name),
    new Map(rows.map(({ name, id }) => [name, id])),
  );
}

async function countByName(
  transaction: Queries,
  names: readonly string[],
  ids: ReadonlyMap<string, number>,
): Promise<Record<string, number>> {
  const counts = await countMembers(transaction, [...ids.values()]);
  return Object.fromEntries(names.map((name) => [name, counts.get(ids.get(name) ?? 0) ?? 0]));
}
