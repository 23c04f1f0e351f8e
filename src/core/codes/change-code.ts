import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import { getContest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { keySlices } from '../database/key-slices.ts';
import type { CodeStatus } from '../database/tables.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import {
  countCodes,
  expireOverdueCodes,
  findLastCodeKey,
  markExpired,
  markRevoked,
} from './codes-queries.ts';
import { getCode } from './get-code.ts';

/** Codes of a step. */
const STEP = 100_000;

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

/**
 * Marks the codes whose time is over, in one contest or everywhere. `onProgress` hears of how many codes were looked at. Run it in a transaction.
 */
export async function expireCodes(
  queries: Queries,
  { clock, run, onProgress }: Dependencies & { readonly onProgress?: OnProgress },
  slug: string | undefined,
): Promise<{ readonly expired: number; readonly active: number }> {
  const scope = slug === undefined ? undefined : (await getContest(queries, slug)).id;
  const last = await findLastCodeKey(queries);
  const now = clock.now();
  let expired = 0;
  for (const slice of keySlices(last, STEP)) {
    expired += await expireOverdueCodes(queries, now, scope, slice);
    await tellProgress(onProgress, slice.until, last);
  }
  if (expired > 0) {
    await appendAudit(queries, clock, run, {
      action: 'codes.expired',
      subject: slug ?? 'all contests',
      details: { expired },
    });
  }
  return { expired, active: (await countCodes(queries, scope)).active };
}
