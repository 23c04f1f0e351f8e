import { sha256 } from '../canonical-json.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { getSetting } from '../settings/settings.ts';
import { type BankAccount, type GivenAccount, parseBankAccount } from './bank-account.ts';
import type { Payees } from './find-payees.ts';
import { formatPain001 } from './format-pain001.ts';
import type { PayoutLine, PayoutRow } from './payout-queries.ts';

/** A payout as a file for the bank. */
export interface SepaFile {
  readonly xml: string;
  readonly sha256: string;
  readonly transfers: number;
}

/** Where SEPA transfers come from: the setting `rewards.debtor`. Throws `configuration_invalid`. */
export async function getDebtor(queries: Queries): Promise<BankAccount> {
  const debtor = await getSetting(queries, 'rewards.debtor');
  const given: GivenAccount = { name: debtor?.name ?? '', iban: debtor?.iban ?? '', bic: debtor?.bic ?? '' };
  const account = await parseBankAccount(given);
  if (typeof account !== 'string') return account;
  throw new ReferralError('configuration_invalid', 'The account that rewards are paid from is not set', {
    reason: `rewards.debtor: ${debtor === null ? 'it has no value' : account}`,
    hint: `Set it: referral settings set rewards.debtor '{"name":"Your Company","iban":"NL91ABNA0417164300"}'`,
  });
}

/** The file of a payout, with one transfer for each line that has an account. */
export function writeTransfers(
  payout: Pick<PayoutRow, 'payout' | 'created_at'>,
  lines: readonly PayoutLine[],
  debtor: BankAccount,
  { accounts, skipped }: Payees,
): SepaFile {
  const unpaid = new Set(skipped.map(({ customer_ref, currency }) => `${customer_ref} ${currency}`));
  const transfers = lines.flatMap(({ customer_ref, customer_id, currency, amount_minor }, index) => {
    const account = accounts.get(customer_ref);
    if (account === undefined || unpaid.has(`${customer_ref} ${currency}`)) return [];
    return [{ number: index + 1, customer_id, account, amount_minor }];
  });
  const xml = formatPain001({ ...payout, debtor, transfers });
  return { xml, sha256: sha256(xml), transfers: transfers.length };
}
