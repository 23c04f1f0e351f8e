import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { type Applied, applyChanges, type OnConflict } from './apply-changes.ts';
import type { GatheringChoice } from './choose-gathering.ts';
import type { FirstLoad } from './first-load.ts';
import { changesOf, type ImportBatch } from './import-batch.ts';
import type { ImportLayout } from './import-layout.ts';
import type { BatchStatements } from './import-queries.ts';
import type { ImportTally } from './import-tally.ts';

export interface Taking {
  readonly statements: BatchStatements;
  readonly layout: ImportLayout;
  readonly onConflict: OnConflict;
  readonly now: Instant;
  readonly tally: ImportTally;
  /** Undefined where there were customers before. */
  readonly firstLoad: FirstLoad | undefined;
  /** Gets the keys of customers that were there before. */
  readonly seen: ((id: number) => void) | undefined;
  /** Undefined where only rows are taken. */
  readonly gathering: GatheringChoice | undefined;
  /** Are the customers of the next batch probably new? Then they are added first, and looked up only when that fails. */
  expectsNew: boolean;
}

/**
 * Takes in the good rows of a batch, one after the other as far as anybody can tell: new customers and rows that change nothing are dealt
 * with as a whole by the database, the others by `applyChanges`. Throws `already_exists` with `onConflict` `fail`.
 */
export async function takeBatch(transaction: Queries, batch: ImportBatch, taking: Taking): Promise<void> {
  if (batch.count === 0) return;
  const { statements, tally, firstLoad } = taking;
  if (await firstLoad?.hasNew(batch)) {
    await statements.addNew(batch);
    tally.created += batch.count;
    return;
  }
  if (batch.hasRepeats) return applyRows(transaction, batch, taking, undefined);
  const isNew = taking.expectsNew && !taking.seen;
  const before = isNew ? await statements.add(batch) : 'repeated';
  if (before === batch.count) {
    tally.created += batch.count;
    return;
  }
  taking.expectsNew = false;
  await takeKnown(transaction, batch, taking);
}

async function takeKnown(transaction: Queries, batch: ImportBatch, taking: Taking): Promise<void> {
  const { statements, tally, onConflict, seen } = taking;
  const { known, erased, open, first, ids } = await statements.findKnown(batch, seen !== undefined);
  if (onConflict === 'fail' && first !== undefined) throw conflict(batch, taking.layout, first);
  for (const id of ids) seen?.(id);
  const changing = onConflict === 'skip' ? [] : open;
  tally.erased += erased;
  tally.unchanged += known - changing.length;
  if (known < batch.count) {
    await statements.addRest(batch);
    tally.created += batch.count - known;
    taking.expectsNew = known === 0;
  }
  if (changing.length > 0) await applyRows(transaction, batch, taking, changing);
}

async function applyRows(
  transaction: Queries,
  batch: ImportBatch,
  { layout, onConflict, now, seen, tally }: Taking,
  rows: readonly number[] | undefined,
): Promise<void> {
  const all = changesOf(batch, layout);
  const places = rows?.toSorted((a, b) => a - b) ?? all.map((_, index) => index);
  const changes = places.map((place) => all[place]).filter((change) => change !== undefined);
  const applied = await applyChanges(transaction, changes, { onConflict, now, ...(seen && { seen }) });
  for (const [index, result] of applied.entries()) {
    if (result.kind === 'conflict') throw conflict(batch, layout, places[index] ?? 0);
    count(tally, result);
  }
}

function count(tally: ImportTally, { kind, changed }: Applied): void {
  if (kind === 'conflict') return;
  if (kind === 'erased') tally.erased += 1;
  tally[kind === 'erased' ? 'unchanged' : kind] += 1;
  for (const field of changed) tally.updated_fields[field] = (tally.updated_fields[field] ?? 0) + 1;
}

function conflict(batch: ImportBatch, layout: ImportLayout, place: number): ReferralError {
  const line = batch.lines[place] ?? 0;
  const customerId = changesOf(batch, layout)[place]?.customer_id ?? '';
  return new ReferralError('already_exists', `customer ${customerId} exists already`, {
    reason: `line ${line} of the file; nothing was changed`,
    hint: 'Leave --on-conflict fail out to update customers that exist, or say --on-conflict skip.',
    details: { line, customer_id: customerId },
  });
}
