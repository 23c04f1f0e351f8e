import type { Readable } from 'node:stream';
import { openCsv } from '../csv/open-csv.ts';
import { ReferralError } from '../errors.ts';
import type { GivenAccount } from './bank-account.ts';

/**
 * The bank accounts in a CSV file with the columns `customer_id` and `iban`, and perhaps `name` and `bic`, by customer_id; nothing is
 * checked but that each customer has one row. Throws `input_unusable`, naming the line but no account.
 */
export async function readAccounts(input: Readable): Promise<ReadonlyMap<string, GivenAccount>> {
  const csv = await openCsv(input);
  const header = csv.header.map((name) => name.toLowerCase());
  const [id, iban] = [header.indexOf('customer_id'), header.indexOf('iban')];
  if (id < 0 || iban < 0) {
    throw new ReferralError(
      'input_unusable',
      `The file of accounts has no column "${id < 0 ? 'customer_id' : 'iban'}"`,
      {
        reason: `It has: ${csv.header.join(', ')}`,
        hint: 'It needs customer_id and iban; name and bic are optional.',
      },
    );
  }
  const [name, bic] = [header.indexOf('name'), header.indexOf('bic')];
  const accounts = new Map<string, GivenAccount>();
  for await (const records of csv.batches) {
    for (const { cells, line, problem } of records) {
      const customerId = (cells[id] ?? '').trim();
      const isTwice = accounts.has(customerId);
      if (problem !== undefined || customerId === '' || isTwice) throw unusable(line, problem, isTwice);
      const cell = (index: number): string => (cells[index] ?? '').trim();
      accounts.set(customerId, { iban: cell(iban), name: cell(name), bic: cell(bic) });
    }
  }
  return accounts;
}

function unusable(line: number, problem: string | undefined, isTwice: boolean): ReferralError {
  const reason = problem ?? (isTwice ? 'Its customer_id has a row already.' : 'It has no customer_id.');
  return new ReferralError('input_unusable', `Line ${line} of the accounts can't be used`, {
    reason,
    hint: 'Give each customer one row.',
  });
}
