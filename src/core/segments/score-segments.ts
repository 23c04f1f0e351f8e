import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { getSegmentThresholds } from '../selection/compile-where.ts';
import { RULE_SEGMENTS, segmentLimits } from '../selection/segment-rules.ts';
import {
  countRuleSegments,
  countScorable,
  replaceRuleMembers,
  upsertRuleSegments,
} from './segments-queries.ts';

export interface ScoreResult {
  /** `rules`, or the name of a model. */
  readonly model: string;
  readonly version: number;
  /** Customers who were looked at; who fits no rule is in no segment. */
  readonly scored: number;
  readonly segments: Readonly<Record<string, number>>;
  readonly dry_run: boolean;
}

/** Puts every customer who is not erased into the first segment by rule that fits, and keeps who is where. */
export async function scoreSegments(
  database: Database,
  { clock, run, dryRun }: { readonly clock: Clock; readonly run: Run; readonly dryRun: boolean },
): Promise<ScoreResult> {
  const now = clock.now();
  return database.transaction(
    async (transaction) => {
      const thresholds = await getSegmentThresholds(transaction);
      const limits = segmentLimits(thresholds, now);
      await upsertRuleSegments(transaction, canonicalJson(thresholds), now);
      await replaceRuleMembers(transaction, limits, now);
      const counts = await countRuleSegments(transaction, limits);
      const segments = Object.fromEntries(RULE_SEGMENTS.map((name) => [name, counts.get(name) ?? 0]));
      const scored = await countScorable(transaction);
      await appendAudit(transaction, clock, run, {
        action: 'segments.scored',
        subject: 'rules',
        details: { scored, segments },
      });
      return { model: 'rules', version: 1, scored, segments, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}
