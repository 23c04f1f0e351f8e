import type { Queries } from '../database/database.ts';
import {
  deleteMeta,
  findMeta,
  insertMetaOnce,
  listMeta,
  saveMeta,
  saveMetaUnlessLocked,
} from '../database/meta-queries.ts';
import { ReferralError } from '../errors.ts';
import { type Instant, toInstant } from '../time.ts';

/** A clock that senders have seen jump backwards. */
export interface ClockJump {
  /** The latest time that any of them had seen. */
  readonly highest: Instant;
  /** What the clock said then. */
  readonly seen: Instant;
}

// Clocks are stepped by seconds when they are set by a time server; daily limits bear as much, but not a repeated hour.
const TOLERANCE_MS = 60_000;
const SAVE_EVERY_MS = 1_000;
const HIGHEST = 'clock_highest';
const JUMP = 'clock_jump';

/**
 * Notes the time (milliseconds since the epoch) of a sender. Gives the jump when the clock is more than a minute behind
 * the latest time that senders have seen: it is on record from then on, until somebody releases it.
 */
export async function watchClock(queries: Queries, now: number): Promise<ClockJump | undefined> {
  const facts = await listMeta(queries, [HIGHEST, JUMP]);
  const known = facts.get(JUMP);
  if (known !== undefined) return JSON.parse(known) as ClockJump;
  const highest = facts.get(HIGHEST);
  const latest = highest === undefined ? 0 : Date.parse(highest);
  if (now < latest - TOLERANCE_MS) {
    const jump = { highest: toInstant(latest), seen: toInstant(now) };
    await saveMeta(queries, JUMP, JSON.stringify(jump));
    return jump;
  }
  if (highest === undefined) await insertMetaOnce(queries, HIGHEST, toInstant(now));
  // Whoever else is writing it down writes the same: waiting for each other could end in a deadlock.
  else if (now >= latest + SAVE_EVERY_MS) await saveMetaUnlessLocked(queries, HIGHEST, toInstant(now));
  return undefined;
}

/** The jump that nobody has released yet. */
export async function findClockJump(queries: Queries): Promise<ClockJump | undefined> {
  const jump = await findMeta(queries, JUMP);
  return jump === undefined ? undefined : (JSON.parse(jump) as ClockJump);
}

/** The jump that is on record, or that the next sender would find at `now`. Changes nothing. */
export async function foreseeClockJump(queries: Queries, now: number): Promise<ClockJump | undefined> {
  const highest = await findMeta(queries, HIGHEST);
  const isBehind = highest !== undefined && now < Date.parse(highest) - TOLERANCE_MS;
  return (await findClockJump(queries)) ?? (isBehind ? { highest, seen: toInstant(now) } : undefined);
}

/** Takes the clock as it is now for right. */
export async function acceptClock(queries: Queries, now: number): Promise<void> {
  await deleteMeta(queries, JUMP);
  await saveMeta(queries, HIGHEST, toInstant(now));
}

/** Why nothing is sent. */
export function clockJumped({ highest, seen }: ClockJump): ReferralError {
  return new ReferralError('state_forbids', 'Nothing can be sent: the clock has jumped backwards', {
    reason: `it was ${highest} for senders before, and then ${seen}: limits of a day would count twice`,
    hint: 'Set the clock right, then: referral campaigns release',
    details: { clock_highest: highest, clock_seen: seen },
  });
}
