import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { clockJumped, watchClock } from '../limits/clock-guard.ts';
import { readSharedTime } from './shared-time.ts';

/** Throws `state_forbids` when the clock has jumped backwards since somebody last sent, and keeps that on record. */
export async function assertClock(database: Database, clock: Clock): Promise<void> {
  const jump = await database.transaction(async (trx) => watchClock(trx, await readSharedTime(trx, clock)));
  if (jump !== undefined) throw clockJumped(jump);
}
