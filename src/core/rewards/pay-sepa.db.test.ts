import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { checkPain001, findAll, parseXml } from '../../../test/check-pain001.ts';
import { createContestFixture, dependenciesAt, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Database } from '../database/database.ts';
import { computeRewards } from './compute-rewards.ts';
import { getPayout } from './get-payout.ts';
import { type PayoutFiles, payRewards } from './pay-rewards.ts';
import { listRewardBalances } from './reward-balance.ts';
import { verifyRewards } from './verify-rewards.ts';

const HEADER = ['booking_reference', 'email', 'code', 'amount', 'currency', 'status', 'booked_at'];
const RULES = {
  fraud: { default: 'ignore' },
  rewards: { referrer: { type: 'percentage', percent: '10' } },
};
const ACCOUNTS = new Map([
  ['C-1', { iban: 'NL91 ABNA 0417 1643 00', name: 'Ann Zwart', bic: '' }],
  ['C-2', { iban: 'NL91 ABNA 0417 1643 01', name: 'Ben', bic: '' }],
]);

/** C-1 to C-3 are due 10 EUR each, C-1 another 10 USD. */
async function openWithDue(open: () => Promise<Database>): Promise<Database> {
  const database = await open();
  const { codes, importRows } = await createContestFixture(database, { rules: RULES });
  const row = (owner: string, reference: string, currency: string) => [
    ...[
      reference,
      `${reference}@example.net`,
      codes.get(owner) ?? '',
      '100',
      currency,
      'completed',
      '2026-06-10',
    ],
  ];
  await importRows([
    HEADER,
    ...[row('C-1', 'a', 'EUR'), row('C-2', 'b', 'EUR'), row('C-3', 'c', 'EUR'), row('C-1', 'd', 'USD')],
  ]);
  await computeRewards(dependenciesAt(database), { contest: undefined, dryRun: false });
  return database;
}

async function setDebtor({ queries }: Database): Promise<void> {
  const value = JSON.stringify({
    name: 'Example Travel',
    iban: 'DE89370400440532013000',
    bic: 'COBADEFFXXX',
  });
  const setting = { name: 'rewards.debtor', value, updated_at: NOW, updated_by: 'tester' };
  await queries.insertInto('settings').values(setting).execute();
}

async function pay(database: Database, accounts = ACCOUNTS, dryRun = false) {
  let files: PayoutFiles | undefined;
  const options = { contest: undefined, sepa: { accounts }, dryRun };
  const result = await payRewards(dependenciesAt(database), options, async (written) => {
    files = written;
  });
  return { result, files };
}

const texts = (xml: string, name: string) => findAll(parseXml(xml), name).map(({ text }) => text);

describeEngines('rewards paid by SEPA transfer', (open, engine) => {
  test('go to those with a valid account; all others stay due, with the reason', async () => {
    const database = await openWithDue(open);
    await setDebtor(database);
    const json = `{"iban":"DE89370400440532013000","account_holder":"Café Cato"}`;
    const attributes = engine === 'postgres' ? sql<string>`${json}::jsonb` : json;
    await database.queries
      .updateTable('customers')
      .set({ attributes })
      .where('customer_id', '=', 'C-3')
      .execute();
    const planned = await pay(database, ACCOUNTS, true);
    expect(planned.files).toBeUndefined();
    const { result, files } = await pay(database);
    expect(result).toEqual({ ...planned.result, dry_run: false });
    expect(result).toMatchObject({ payout: 'PO-000001', customers: 2, rewards: 2, totals: { EUR: '20.00' } });
    expect(result.skipped).toEqual([
      { customer_id: 'C-1', currency: 'USD', reason: 'SEPA transfers euro only' },
      { customer_id: 'C-2', currency: 'EUR', reason: 'the IBAN is not valid' },
    ]);
    const xml = files?.sepa?.xml ?? '';
    expect(checkPain001(xml)).toEqual([]);
    expect(texts(xml, 'Nm')).toEqual(['Example Travel', 'Example Travel', 'Ann Zwart', 'Cafe Cato']);
    expect(texts(xml, 'IBAN').slice(1)).toEqual(['NL91ABNA0417164300', 'DE89370400440532013000']);
    expect(files?.lines.map(({ customer_id, amount_minor }) => [customer_id, amount_minor])).toEqual([
      ['C-1', 1_000],
      ['C-3', 1_000],
    ]);
    const due = (await listRewardBalances(database.queries, { now: NOW })).filter(
      (row) => row.balance !== '0.00',
    );
    expect(due.map(({ customer_id, currency }) => [customer_id, currency])).toEqual([
      ['C-1', 'USD'],
      ['C-2', 'EUR'],
    ]);
    expect((await verifyRewards(database.queries, NOW)).findings).toEqual([]);
  });

  test('are paid once; the file can be written again, byte by byte, and says when an account has changed', async () => {
    const database = await openWithDue(open);
    await setDebtor(database);
    const { files } = await pay(database);
    expect((await pay(database)).result).toMatchObject({ payout: null, rewards: 0, customers: 0 });
    const again = await getPayout(database.queries, 'PO-000001', { sepa: { accounts: ACCOUNTS }, now: NOW });
    expect(again).toMatchObject({ sepa: files?.sepa, isSameSepa: true });
    const moved = new Map([['C-1', { iban: 'DE89370400440532013000', name: 'Ann Zwart', bic: '' }]]);
    const other = await getPayout(database.queries, 'PO-000001', { sepa: { accounts: moved }, now: NOW });
    expect(other.isSameSepa).toBe(false);
  });

  test('need the account that pays', async () => {
    const database = await openWithDue(open);
    await expect(pay(database)).rejects.toMatchObject({ code: 'configuration_invalid' });
    expect(await database.queries.selectFrom('payouts').selectAll().execute()).toEqual([]);
  });
});
