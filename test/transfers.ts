import fc from 'fast-check';
import { composeIBAN } from 'ibantools';
import { parseBankAccount } from '../src/core/rewards/bank-account.ts';
import { type CreditTransfers, MOST_CENTS, type Transfer } from '../src/core/rewards/format-pain001.ts';

const DEBTOR = { name: 'Example Travel', iban: 'NL91ABNA0417164300', bic: undefined };

/** Two transfers: one within the bank, one abroad with a BIC and a customer's id that no bank takes as it is. */
export const TRANSFERS: CreditTransfers = {
  payout: 'PO-000001',
  created_at: '2026-09-15T12:00:00.120Z',
  debtor: DEBTOR,
  transfers: [
    { number: 1, customer_id: 'C-1', account: { ...DEBTOR, name: 'Zoe Muller' }, amount_minor: 5_000 },
    {
      number: 3,
      customer_id: 'C-<3>&',
      account: { name: 'Jan Jansen', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
      amount_minor: 1,
    },
  ],
};

const account = fc
  .record({
    digits: fc.integer({ min: 0, max: 9_999_999_999 }),
    bic: fc.constantFrom('', 'ABNANL2A', 'COBADEFFXXX'),
    name: fc.string({ unit: 'grapheme', maxLength: 120 }),
  })
  .map(({ digits, bic, name }) => {
    const bban = `ABNA${String(digits).padStart(10, '0')}`;
    return { iban: composeIBAN({ countryCode: 'NL', bban }) ?? '', bic, name: `A${name}` };
  })
  .filter(({ iban }) => iban !== '');

const transfer = fc.tuple(account, fc.integer({ min: 1, max: MOST_CENTS }));

/** What people give as accounts, and amounts; `toTransfers` leaves out accounts that are none. */
export const givenTransfers = fc.array(transfer, { minLength: 1, maxLength: 8 });

/** The transfers of what was given, `undefined` when no account is one. */
export async function toTransfers(
  given: readonly (readonly [
    { readonly iban: string; readonly bic: string; readonly name: string },
    number,
  ])[],
): Promise<CreditTransfers | undefined> {
  const transfers: Transfer[] = [];
  for (const [index, [raw, amount_minor]] of given.entries()) {
    const parsed = await parseBankAccount(raw);
    if (typeof parsed === 'string') continue;
    transfers.push({ number: index + 1, customer_id: raw.name, account: parsed, amount_minor });
  }
  return transfers.length === 0 ? undefined : { ...TRANSFERS, transfers };
}
