import { listAudit } from '../audit/list-audit.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { assertNotQuarantined } from '../settings/quarantine.ts';
import type { Instant } from '../time.ts';
import type { GivenAccount } from './bank-account.ts';
import { findPayees, listSkipped, type SkippedPayee } from './find-payees.ts';
import type { PayoutFiles } from './pay-rewards.ts';
import { findLastPayout, findPayout, listPayoutLines } from './payout-queries.ts';
import { getDebtor, writeTransfers } from './write-transfers.ts';

export interface EarlierPayout extends PayoutFiles {
  /** Is the file of transfers the one that was written first? Undefined when there was none or none is asked for. */
  readonly isSameSepa: boolean | undefined;
  /** Lines that are not among the transfers; a payout that was made by transfer has none, unless an account was lost. */
  readonly skipped: readonly SkippedPayee[];
}

/**
 * What the files of an earlier payout are made from, to write them again; nothing is paid. Throws `not_found`, `quarantined`,
 * `configuration_invalid`.
 */
export async function getPayout(
  queries: Queries,
  payout: string,
  options: {
    readonly sepa?: { readonly accounts: ReadonlyMap<string, GivenAccount> } | undefined;
    readonly now: Instant;
  },
): Promise<EarlierPayout> {
  const found = await findPayout(queries, payout);
  if (found === undefined) {
    const last = await findLastPayout(queries);
    throw new ReferralError('not_found', `There is no payout "${payout}"`, {
      hint: last === undefined ? 'Nothing was paid yet.' : `The latest is ${last}.`,
    });
  }
  await assertNotQuarantined(queries);
  const lines = await listPayoutLines(queries, found.id);
  if (options.sepa === undefined) return { lines, sepa: undefined, isSameSepa: undefined, skipped: [] };
  const debtor = await getDebtor(queries);
  const payees = await findPayees(queries, lines, options.sepa.accounts);
  const sepa = writeTransfers(found, lines, debtor, payees);
  const first = await findSepaHash(queries, payout, options.now);
  const isSameSepa = first === undefined ? undefined : first === sepa.sha256;
  return { lines, sepa, isSameSepa, skipped: listSkipped(payees) };
}

async function findSepaHash(queries: Queries, payout: string, now: Instant): Promise<string | undefined> {
  const where = ['action = rewards.paid', `subject = ${payout}`];
  const [entry] = await listAudit(queries, { where, limit: 1, offset: 0, now });
  const details: { readonly sepa_sha256?: string } = entry?.details ?? {};
  return details.sepa_sha256;
}

/** The name of the payout that was made last. */
export async function findLatestPayout(queries: Queries): Promise<string | undefined> {
  return findLastPayout(queries);
}
