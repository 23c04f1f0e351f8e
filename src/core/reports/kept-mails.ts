import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';
import { allowMemory } from '../database/work-memory.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { addMarks, findLastEvent, lockEvents, lockMails } from './kept-mails-queries.ts';
import { listKept, readStamps, type Stamps, saveKept } from './kept-queries.ts';

type TakenStamps = Stamps<(typeof TAKEN_FROM)[number]>;

interface State {
  /** Every event up to this key is taken in. */
  readonly mark: number;
  /** The stamp of what the marks were taken from; other rows there mean to begin again. */
  readonly mails: string;
}

// Events of a slice, each in a transaction of its own, so that nobody waits for long.
const SLICE = 1_000_000;
// So many at once are a matter of a minute or less, and of what a server sorts on its disk.
const MANY = 10_000_000;
// So few are counted in the blink of an eye.
const FEW_EVENTS = 20_000;
const KEY = 'mails';
const TAKEN_FROM = ['events', 'mails'] as const;

export interface RefreshOptions {
  /** With so many events nothing is kept of them. */
  readonly few?: number | undefined;
  /** Events of a step for which writers have to wait. */
  readonly slice?: number | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** What is left is taken in another time. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes new events into `report_mails`, which says of each delivery what was reported about it: marks are only added, so
 * that a repeated event changes nothing. Where it can't write, reports read the events themselves.
 */
export async function refreshMails(
  database: Database,
  clock: Pick<Clock, 'now'>,
  { few = FEW_EVENTS, slice = SLICE, onProgress, signal }: RefreshOptions = {},
): Promise<boolean> {
  try {
    for (;;) {
      const { to, end, many } = await database.transaction((transaction) =>
        takeSlice(transaction, clock, few, slice),
      );
      await tellProgress(onProgress, to, end);
      if (signal?.aborted === true) return false;
      if (many !== undefined) await database.transaction((transaction) => takeMany(transaction, clock, many));
      else if (to === end) return true;
    }
  } catch {
    return false;
  }
}

/** Does `report_mails` hold every event of this snapshot? */
export async function areMailsFresh(queries: Queries, stamps: TakenStamps): Promise<boolean> {
  const [row] = await listKept(queries, [KEY]);
  return row?.stamp === stampOf(stamps);
}

interface Step {
  /** Up to which event the marks go then. */
  readonly to: number;
  /** The last event. */
  readonly end: number;
  /** Events that are to be taken in without keeping anybody from writing others. */
  readonly many?: Many;
}

/** Events with keys in (from, to], which are all there, and the state to which they are added. */
interface Many {
  readonly before: string;
  readonly from: number;
  readonly to: number;
  readonly mails: string;
}

async function takeSlice(
  queries: Queries,
  clock: Pick<Clock, 'now'>,
  few: number,
  slice: number,
): Promise<Step> {
  const { state: before, stamp } = await readState(queries);
  if (stamp === stampOf(await readStamps(queries, TAKEN_FROM))) return { to: before.mark, end: before.mark };
  if (before.mark === 0 && (await findLastEvent(queries)) <= few) return { to: 0, end: 0 };
  await lockMails(queries);
  await lockEvents(queries);
  const { state, content } = await readState(queries);
  const stamps = await readStamps(queries, TAKEN_FROM);
  const again = state.mark > 0 && state.mails !== stamps.mails;
  const from = again ? 0 : state.mark;
  // Nothing comes in below the last key while the table is locked.
  const end = await findLastEvent(queries);
  if (end - from > slice && engineOf(queries) === 'postgres') {
    const to = Math.min(end, from + MANY);
    return { to: from, end, many: { before: content, from, to, mails: stamps.mails } };
  }
  const to = Math.min(end, from + slice);
  await addMarks(queries, from, to);
  await save(queries, clock, to === end ? stampOf(stamps) : '', { mark: to, mails: stamps.mails });
  return { to, end };
}

/*
 * PostgreSQL is quickest with many events in one statement, for which nobody has to wait: every event up to there was there when the table was
 * locked. One that is rewritten meanwhile changes the stamp, so that the next step begins again.
 */
async function takeMany(queries: Queries, clock: Pick<Clock, 'now'>, many: Many): Promise<void> {
  await lockMails(queries);
  const { content } = await readState(queries);
  if (content !== many.before) return;
  await allowMemory(queries);
  await addMarks(queries, many.from, many.to);
  await save(queries, clock, '', { mark: many.to, mails: many.mails });
}

async function readState(
  queries: Queries,
): Promise<{ readonly state: State; readonly content: string; readonly stamp: string | undefined }> {
  const [row] = await listKept(queries, [KEY]);
  const content = row?.content ?? JSON.stringify({ mark: 0, mails: '' } satisfies State);
  return { state: JSON.parse(content) as State, content, stamp: row?.stamp };
}

async function save(queries: Queries, clock: Pick<Clock, 'now'>, stamp: string, state: State): Promise<void> {
  await saveKept(queries, [{ key: KEY, stamp, content: JSON.stringify(state), stored_at: clock.now() }]);
}

function stampOf({ events, mails }: TakenStamps): string {
  return `${events}, ${mails}`;
}
