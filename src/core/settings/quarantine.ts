import type { Queries } from '../database/database.ts';
import { findMeta } from '../database/meta-queries.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { isFlagOn } from './flags.ts';

/** Since when nothing may be sent or paid, because the database was restored and nobody has released it; undefined when released. */
export async function findQuarantine(queries: Queries): Promise<Instant | undefined> {
  return findMeta(queries, 'quarantined_at');
}

/** Throws `state_forbids` when the flag `outgoing` is off, and `quarantined` when the database was restored from a backup and no operator has released it since. */
export async function assertNotQuarantined(queries: Queries): Promise<void> {
  if (!(await isFlagOn(queries, 'outgoing'))) {
    throw new ReferralError('state_forbids', 'Nothing can be sent or paid: the flag "outgoing" is off', {
      hint: 'To go on: referral flags set outgoing on',
    });
  }
  await assertReleased(queries);
}

/** Throws `quarantined` when the database was restored from a backup and no operator has released it since. */
export async function assertReleased(queries: Queries): Promise<void> {
  const since = await findQuarantine(queries);
  if (since === undefined) return;
  throw new ReferralError(
    'quarantined',
    'Nothing can be sent or paid: this database was restored from a backup',
    {
      reason: `in quarantine since ${since}, so that nothing goes out a second time`,
      hint: 'Check what went out since the backup, then: referral backup release --confirm <database name>',
      details: { quarantined_at: since },
    },
  );
}
