import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { acceptClock, type ClockJump, foreseeClockJump } from '../limits/clock-guard.ts';
import { freeBuckets } from './bucket-queries.ts';
import { readSharedTime } from './shared-time.ts';

export interface ReleaseClockOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

/**
 * Lets senders go on after the clock has jumped backwards: the time as it is now is taken for right, and tokens that were
 * reserved ahead of it are free. Gives the jump, or undefined where there was none.
 */
export async function releaseClock(options: ReleaseClockOptions): Promise<ClockJump | undefined> {
  const { database, clock, run, dryRun } = options;
  return database.transaction(
    async (trx) => {
      const now = await readSharedTime(trx, clock);
      const jump = await foreseeClockJump(trx, now);
      if (jump === undefined) return undefined;
      await acceptClock(trx, now);
      await freeBuckets(trx, now);
      await appendAudit(trx, clock, run, {
        action: 'clock.released',
        subject: database.name,
        details: { clock_highest: jump.highest, clock_seen: jump.seen },
      });
      return jump;
    },
    { rollback: dryRun },
  );
}
