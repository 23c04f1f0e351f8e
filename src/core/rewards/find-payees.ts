import { parseAttributes } from '../customers/parse-attributes.ts';
import type { Queries } from '../database/database.ts';
import { chunksOf } from '../database/in-chunks.ts';
import { type BankAccount, type GivenAccount, parseBankAccount } from './bank-account.ts';
import { MOST_CENTS } from './format-pain001.ts';
import { listPayees } from './payout-queries.ts';

/** An amount that somebody is to get. */
interface Amount {
  readonly customer_ref: number;
  readonly customer_id: string;
  readonly currency: string;
  readonly amount_minor: number;
}

/** Who can't be paid by a SEPA credit transfer, and why. */
export interface SkippedPayee {
  readonly customer_id: string;
  readonly currency: string;
  readonly reason: string;
}

export interface Payees {
  /** By customer_ref. */
  readonly accounts: ReadonlyMap<number, BankAccount>;
  readonly skipped: readonly (SkippedPayee & { readonly customer_ref: number })[];
}

const CHUNK = 5_000;

/**
 * The accounts of those who get these amounts: from the operator's file (`given`, by customer_id), else from the attributes `iban`,
 * `account_holder` and `bic` of the customer, whose own name counts where no holder is named.
 */
export async function findPayees(
  queries: Queries,
  amounts: readonly Amount[],
  given: ReadonlyMap<string, GivenAccount>,
): Promise<Payees> {
  const accounts = new Map<number, BankAccount>();
  const skipped: (SkippedPayee & { customer_ref: number })[] = [];
  for (const chunk of chunksOf(amounts, CHUNK)) {
    const people = new Map(
      (await listPayees(queries, [...new Set(chunk.map((line) => line.customer_ref))])).map((row) => [
        row.id,
        row,
      ]),
    );
    for (const { customer_ref, customer_id, currency, amount_minor } of chunk) {
      const person = people.get(customer_ref);
      const raw = rawAccount(
        given.get(customer_id),
        person?.name ?? '',
        parseAttributes(person?.attributes ?? '{}'),
      );
      const account = unsuitable(currency, amount_minor) ?? (await parseBankAccount(raw));
      if (typeof account === 'string') skipped.push({ customer_ref, customer_id, currency, reason: account });
      else accounts.set(customer_ref, account);
    }
  }
  return { accounts, skipped };
}

/** Those who can't be paid, as results show them. */
export function listSkipped(payees: Payees | undefined): readonly SkippedPayee[] {
  return (payees?.skipped ?? []).map(({ customer_id, currency, reason }) => ({
    customer_id,
    currency,
    reason,
  }));
}

function unsuitable(currency: string, amount: number): string | undefined {
  if (currency !== 'EUR') return 'SEPA transfers euro only';
  return amount > MOST_CENTS ? 'it is more than one SEPA transfer can be' : undefined;
}

function rawAccount(
  given: GivenAccount | undefined,
  name: string,
  attributes: Readonly<Record<string, unknown>>,
): GivenAccount {
  const attribute = (key: string): string => String(attributes[key] ?? '').trim();
  if (given !== undefined) return { ...given, name: given.name === '' ? name : given.name };
  const holder = attribute('account_holder');
  return { iban: attribute('iban'), bic: attribute('bic'), name: holder === '' ? name : holder };
}
