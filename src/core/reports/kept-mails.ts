import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { addMarks, clearMarks, findLastEvent, lockEvents } from './kept-mails-queries.ts';
import { listKept, readStamps, type Stamps, saveKept } from './kept-queries.ts';

interface State {
  /** Every event up to this key is taken in. */
  readonly mark: number;
  /** The stamp of what the marks were taken from; other rows there mean to begin again. */
  readonly mails: string;
}

// Events of a slice, each in a transaction of its own, so that nobody waits for long.
const SLICE = 1_000_000;
// So few are counted in the blink of an eye.
const FEW_EVENTS = 20_000;
const KEY = 'mails';

/**
 * Takes new events into `report_mails`, which says of each delivery what was reported about it: marks are only added, so
 * that a repeated event changes nothing. Where it can't write, reports read the events themselves.
 */
export async function refreshMails(
  database: Database,
  clock: Pick<Clock, 'now'>,
  {
    few = FEW_EVENTS,
    onProgress,
  }: {
    readonly few?: number | undefined;
    readonly onProgress?: ((done: number, total: number) => void) | undefined;
  } = {},
): Promise<boolean> {
  try {
    for (;;) {
      const { to, end } = await database.transaction((transaction) => takeSlice(transaction, clock, few));
      onProgress?.(to, end);
      if (to === end) return true;
      // Lets a signal come in, and the progress be drawn.
      await setImmediate();
    }
  } catch {
    return false;
  }
}

/** Does `report_mails` hold every event of this snapshot? */
export async function areMailsFresh(queries: Queries, stamps: Stamps): Promise<boolean> {
  const [row] = await listKept(queries, [KEY]);
  return row?.stamp === stampOf(stamps);
}

/** Up to which event the marks go then, of which the last is `end`. */
async function takeSlice(
  queries: Queries,
  clock: Pick<Clock, 'now'>,
  few: number,
): Promise<{ readonly to: number; readonly end: number }> {
  const [row] = await listKept(queries, [KEY]);
  const state: State = row === undefined ? { mark: 0, mails: '' } : (JSON.parse(row.content) as State);
  if (row?.stamp === stampOf(await readStamps(queries))) return { to: state.mark, end: state.mark };
  const last = await findLastEvent(queries);
  if (state.mark === 0 && last <= few) return { to: 0, end: 0 };
  await lockEvents(queries);
  const stamps = await readStamps(queries);
  const again = state.mark > 0 && state.mails !== stamps.mails;
  if (again) await clearMarks(queries);
  const from = again ? 0 : state.mark;
  // Nothing comes in below the last key while the table is locked.
  const end = await findLastEvent(queries);
  const to = Math.min(end, from + SLICE);
  await addMarks(queries, from, to);
  const content: State = { mark: to, mails: stamps.mails };
  const done = to === end;
  await saveKept(queries, [
    {
      key: KEY,
      stamp: done ? stampOf(stamps) : '',
      content: JSON.stringify(content),
      stored_at: clock.now(),
    },
  ]);
  return { to, end };
}

function stampOf({ events, mails }: Stamps): string {
  return `${events}, ${mails}`;
}
