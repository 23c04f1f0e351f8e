import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import type { CodeStatus } from '../database/tables.ts';
import { countCodes, expireOverdueCodes, markExpired, markRevoked } from './codes-queries.ts';
import { getCode } from './get-code.ts';

interface Dependencies {
  readonly clock: Clock;
  readonly run: Run;
}

export interface ChangedCode {
  readonly code: string;
  readonly customer_id: string;
  readonly contest: string | null;
  readonly status: CodeStatus;
  readonly changed: boolean;
}

/** Takes a code out of use: bookings from now on are not credited with it. Run it in a transaction. */
export async function revokeCode(
  queries: Queries,
  { clock, run }: Dependencies,
  text: string,
): Promise<ChangedCode> {
  const { id, code, customer_id, contest, status } = await getCode(queries, clock.now(), text);
  const changed = status !== 'revoked';
  if (changed) {
    await markRevoked(queries, id, clock.now());
    // The code leads to a person, and the audit log outlives erasure: its key says enough.
    await appendAudit(queries, clock, run, {
      action: 'code.revoked',
      subject: `code ${id}`,
      details: { from: status },
    });
  }
  return { code, customer_id, contest, status: 'revoked', changed };
}

/** Ends the time of one code now. Run it in a transaction. */
export async function expireCode(
  queries: Queries,
  { clock, run }: Dependencies,
  text: string,
): Promise<ChangedCode> {
  const { id, code, customer_id, contest, status } = await getCode(queries, clock.now(), text);
  const changed = status === 'active';
  if (changed) {
    await markExpired(queries, id, clock.now());
    await appendAudit(queries, clock, run, { action: 'code.expired', subject: `code ${id}`, details: {} });
  }
  return { code, customer_id, contest, status: changed ? 'expired' : status, changed };
}

/** Marks the codes whose time is over, in one contest or everywhere. Run it in a transaction. */
export async function expireCodes(
  queries: Queries,
  { clock, run }: Dependencies,
  slug: string | undefined,
): Promise<{ readonly expired: number; readonly active: number }> {
  const scope = slug === undefined ? undefined : (await getContest(queries, slug)).id;
  const expired = await expireOverdueCodes(queries, clock.now(), scope);
  if (expired > 0) {
    await appendAudit(queries, clock, run, {
      action: 'codes.expired',
      subject: slug ?? 'all contests',
      details: { expired },
    });
  }
  return { expired, active: (await countCodes(queries, scope)).active };
}
