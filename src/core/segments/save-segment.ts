import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { getSegment } from './list-segments.ts';
import { assertSegmentName, compileDefinition } from './saved-segment.ts';
import {
  conditionPlaces,
  countMembers,
  deleteSegmentRows,
  listSegmentRows,
  replaceMembers,
  upsertSegments,
} from './segments-queries.ts';

interface Change {
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

export interface SaveSegment extends Change {
  readonly name: string;
  /** `--where` texts, joined by AND. */
  readonly where: readonly string[];
  readonly timezone: string;
}

export interface SavedSegment {
  readonly name: string;
  readonly created: boolean;
  readonly where: readonly string[];
  readonly members: number;
  readonly dry_run: boolean;
}

/** Saves a condition under a name and puts into it who fits now; later scorings keep it up to date. Throws `usage`, `not_found`, `already_exists`. */
export async function saveSegment(database: Database, options: SaveSegment): Promise<SavedSegment> {
  const { name, where, timezone, clock, run, dryRun } = options;
  assertSegmentName(name);
  if (where.length === 0) {
    throw new ReferralError('usage', 'A segment needs a condition', { hint: 'Add: --where "tier = gold"' });
  }
  const now = clock.now();
  return database.transaction(
    async (transaction) => {
      const known = (await listSegmentRows(transaction)).find((row) => row.name === name);
      if (known !== undefined && known.kind !== 'where') {
        throw new ReferralError('already_exists', `"${name}" is a segment of a model`, {
          hint: 'Choose another name: referral segments list shows those that are taken.',
        });
      }
      const definition = { where: [...where], timezone };
      const condition = await compileDefinition(transaction, name, definition, now);
      const row = { name, kind: 'where' as const, definition: canonicalJson(definition) };
      const ids = [...(await upsertSegments(transaction, [row], now)).values()];
      await replaceMembers(transaction, conditionPlaces(name, condition), ids, now);
      const members = [...(await countMembers(transaction, ids)).values()][0] ?? 0;
      await appendAudit(transaction, clock, run, {
        action: 'segments.saved',
        subject: name,
        details: { members },
      });
      return { name, created: known === undefined, where, members, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}

/** Forgets a saved segment with its members and its history. Throws `not_found`, and `state_forbids` for one by rule or model. */
export async function deleteSegment(
  database: Database,
  name: string,
  { clock, run, dryRun }: Change,
): Promise<{ readonly name: string; readonly members: number; readonly dry_run: boolean }> {
  return database.transaction(
    async (transaction) => {
      const { kind, members } = await getSegment(transaction, name, clock.now());
      const row = (await listSegmentRows(transaction)).find((one) => one.name === name);
      if (kind !== 'where' || row === undefined) {
        throw new ReferralError('state_forbids', `"${name}" is a segment by ${kind}`, {
          reason: 'only segments that were saved with a condition can be deleted',
          hint: 'See: referral segments list',
        });
      }
      await deleteSegmentRows(transaction, row.id);
      await appendAudit(transaction, clock, run, {
        action: 'segments.deleted',
        subject: name,
        details: { members },
      });
      return { name, members, dry_run: dryRun };
    },
    { rollback: dryRun },
  );
}
