import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Random } from '../random.ts';
import { addMilliseconds } from '../time.ts';
import { CODE_DAYS, CODE_LENGTH, codeMaker } from './code.ts';
import {
  type CodeScope,
  countCodes,
  countOwners,
  expireOverdueCodes,
  insertCodes,
  listOwnerPage,
  type OwnerCondition,
} from './codes-queries.ts';

const DAY_MS = 86_400_000;
const BATCH = 10_000;

export interface GenerateCodesOptions {
  readonly scope: CodeScope;
  readonly length?: number;
  /** Milliseconds until the new codes expire; 365 days unless given. */
  readonly expiresIn?: number;
  /** Only owners whose row in `customers` fulfils it. */
  readonly condition?: OwnerCondition | undefined;
  /** Hears of how many owners have a code now. */
  readonly onProgress?: OnProgress | undefined;
}

export interface GeneratedCodes {
  readonly created: number;
  /** Owners that had an active code already. */
  readonly existing: number;
  /** Active and expired codes of the scope afterwards. */
  readonly active: number;
  readonly expired: number;
}

/**
 * Gives every owner of the scope who has no active code a new one. Codes whose time is over are marked expired first, so
 * that their owners get a new one. A code that exists already, whoever drew it, is drawn again. Run it in a transaction.
 */
export async function generateCodes(
  queries: Queries,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
  options: GenerateCodesOptions,
): Promise<GeneratedCodes> {
  const { scope, condition, length = CODE_LENGTH.standard, expiresIn = CODE_DAYS * DAY_MS } = options;
  const now = clock.now();
  const expiresAt = addMilliseconds(now, expiresIn);
  const draw = codeMaker(random, length);
  await expireOverdueCodes(queries, now, scope);
  const total = await countOwners(queries, scope, condition);
  let created = 0;
  let done = 0;
  for (let after = 0; ; ) {
    const { owners, withoutCode, last } = await listOwnerPage(queries, scope, condition, after, BATCH);
    if (last === undefined) break;
    const codes = withoutCode.map((customerRef) => ({ code: draw(), customerRef }));
    const inserted = codes.length === 0 ? 0 : await insertCodes(queries, scope, codes, now, expiresAt);
    created += inserted;
    // Where a drawn code existed already, the same owners are asked for again: those still without one get another.
    if (inserted < codes.length) continue;
    after = last;
    done += owners;
    await tellProgress(options.onProgress, done, total);
  }
  await refreshStatistics(queries, created, ['codes']);
  return { created, existing: Math.max(0, total - created), ...(await countCodes(queries, scope)) };
}
