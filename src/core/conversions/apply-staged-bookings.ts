import type { Clock } from '../clock.ts';
import { createStagedBookers } from '../customers/create-staged-bookers.ts';
import type { Queries } from '../database/database.ts';
import { suspendIndexes } from '../database/suspend-indexes.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { applyBookingBatch, type RefusedRow } from './apply-booking-batch.ts';
import { createMoneyMoves, type MoneyMoves } from './money-moves.ts';
import {
  countOpenRows,
  findChangedRows,
  findLastBookingKey,
  insertNewBookings,
  listOpenRows,
  type Naming,
  type OpenRow,
  orderOpenRows,
} from './stage-queries.ts';
import { fromStage } from './staged-row.ts';

const PAGE = 4_000;
/** Statements over all rows. */
const STATEMENTS = 4;
/** From so many rows on, the indexes of an empty table are built at the end. */
const LARGE = 20_000;

export interface StagedOptions {
  readonly source: string;
  readonly clock: Clock;
  readonly importId: number;
  readonly runId: number | null;
  readonly naming: Naming;
  /** How many wait. */
  readonly rows: number;
  /** Rows that turned out to be refused, a few at a time. */
  readonly refuse: (rows: readonly RefusedRow[]) => Promise<void>;
  /** Hears between statements of how many steps are done, of how many; throws when the work is to stop. */
  readonly onStep: OnProgress;
}

export interface StagedResult {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** `confirmed → completed` → how many bookings. */
  readonly transitions: Readonly<Record<string, number>>;
  readonly money: MoneyMoves;
}

/**
 * Brings bookings up to date with the rows that wait in the temporary table: all that are new at once, those that change something one by
 * one and whatever their order in the file. Rows that change nothing are left alone.
 */
export async function applyStagedBookings(queries: Queries, options: StagedOptions): Promise<StagedResult> {
  const { source, clock, importId, naming, rows } = options;
  const step = stepCounter(options.onStep);
  const lastCustomer = await createStagedBookers(queries, clock, { source, ...naming });
  await step();
  await findChangedRows(queries, source, naming);
  const open = await countOpenRows(queries);
  await step(Math.ceil(open / PAGE));
  const isFirst = rows >= LARGE && (await findLastBookingKey(queries)) === 0;
  const restore = isFirst ? await suspendIndexes(queries, 'bookings') : undefined;
  const added = await insertNewBookings(queries, {
    source,
    importId,
    now: clock.now(),
    naming,
    open,
    lastCustomer,
  });
  await step();
  await restore?.();
  await step();
  const money = createMoneyMoves();
  const transitions: Record<string, number> = {};
  let created = 0;
  for (const { status, currency, count, amount_minor, refunded_minor } of added) {
    created += count;
    const name = `new → ${status}`;
    transitions[name] = (transitions[name] ?? 0) + count;
    money.change(undefined, { currency, amount_minor, refunded_minor });
  }
  const counts = { created, updated: 0, unchanged: rows - open - created };
  await applyOpenRows(queries, { ...options, step }, { counts, transitions, money });
  return { ...counts, transitions, money };
}

/** Ends a step; `more` of them have come to light. */
type Step = (more?: number) => Promise<void>;

// Every statement over all rows is one, and every page of the rows that are looked at one by one.
function stepCounter(onStep: OnProgress): Step {
  let done = 0;
  let steps = STATEMENTS;
  return (more = 0) => {
    done += 1;
    steps += more;
    return tellProgress(onStep, done, Math.max(steps, done));
  };
}

interface Tally {
  readonly counts: { created: number; updated: number; unchanged: number };
  readonly transitions: Record<string, number>;
  readonly money: MoneyMoves;
}

async function applyOpenRows(
  queries: Queries,
  { source, clock, importId, runId, refuse, step }: StagedOptions & { readonly step: Step },
  { counts, transitions, money }: Tally,
): Promise<void> {
  await orderOpenRows(queries);
  for (let after = 0; ; ) {
    const rows = withoutLastPart(await listOpenRows(queries, after, PAGE));
    const last = rows.at(-1);
    if (last === undefined) return;
    const located = rows.map((staged) => ({
      record: { line: staged.line, raw: staged.raw ?? '', cells: [] },
      row: fromStage(staged),
    }));
    const batch = await applyBookingBatch(queries, located, { source, clock, importId, runId });
    await refuse(batch.refused);
    for (const key of ['created', 'updated', 'unchanged'] as const) counts[key] += batch[key];
    for (const [name, count] of batch.transitions) transitions[name] = (transitions[name] ?? 0) + count;
    money.add(batch.money);
    after = last.turn;
    await step();
  }
}

// The rows of one booking are looked at together: a full page may end amid them.
function withoutLastPart(rows: readonly OpenRow[]): readonly OpenRow[] {
  const [first, last] = [rows[0], rows.at(-1)];
  if (rows.length < PAGE || first?.booking_reference === last?.booking_reference) return rows;
  return rows.filter((row) => row.booking_reference !== last?.booking_reference);
}
