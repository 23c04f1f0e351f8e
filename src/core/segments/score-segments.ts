import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { countCustomers } from '../customers/count-customers.ts';
import type { Database, Queries } from '../database/database.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
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
  type SegmentRow,
  upsertSegments,
} from './segments-queries.ts';

export interface ScoreDependencies {
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
  /** Hears of the rounds in which customers are placed: by rule, by RFM, and one for each saved segment. */
  readonly onProgress?: OnProgress | undefined;
}

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
  { clock, run, dryRun, onProgress }: ScoreDependencies,
): Promise<ScoreResult> {
  const now = clock.now();
  return database.transaction(
    async (transaction) => {
      const own = await listOwn(transaction);
      const total = 2 + own.length;
      await tellProgress(onProgress, 0, total);
      const segments = await scoreRules(transaction, now);
      await tellProgress(onProgress, 1, total);
      const rfm = await scoreRfm(transaction, now);
      await tellProgress(onProgress, 2, total);
      const saved = await scoreSaved(transaction, own, now, (done) =>
        tellProgress(onProgress, 2 + done, total),
      );
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

/** Those that operators have saved, in the order in which they were made: one may build on an earlier one. */
async function listOwn(transaction: Queries): Promise<readonly SegmentRow[]> {
  const rows = await listSegmentRows(transaction);
  return rows.filter((row) => row.kind === 'where').toSorted((a, b) => a.id - b.id);
}

async function scoreSaved(
  transaction: Queries,
  rows: readonly SegmentRow[],
  now: Instant,
  onScored: (done: number) => Promise<void>,
): Promise<Record<string, number>> {
  for (const [at, { id, name, definition }] of rows.entries()) {
    const condition = await compileDefinition(transaction, name, parseDefinition(definition), now);
    await replaceMembers(transaction, conditionPlaces(name, condition), [id], now);
    await onScored(at + 1);
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
