import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createContestFixture, dependenciesAt, NOW, rowImporter } from '../../../test/contest-fixture.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { DEFAULT_DATABASE_CONFIG } from '../database/database-config.ts';
import { usingDatabase } from '../database/open-database.ts';
import { systemRandom } from '../random.ts';
import { computeRewards } from '../rewards/compute-rewards.ts';
import { payRewards } from '../rewards/pay-rewards.ts';
import { verifyRewards } from '../rewards/verify-rewards.ts';
import { startRun } from '../runs/record-run.ts';
import { checkArchive } from './check-archive.ts';
import { createBackup } from './create-backup.ts';
import { findBackup } from './find-backup.ts';
import { releaseQuarantine } from './release-quarantine.ts';
import { restoreBackup } from './restore-backup.ts';
import { createFolderStore } from './stores/folder-store.ts';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

const HEADER = ['booking_reference', 'email', 'code', 'amount', 'currency', 'status', 'booked_at'];
const RULES = { rewards: { referrer: { type: 'money', amount: '25.00', currency: 'EUR' } } };

const booking = (reference: string, code: string | undefined) => [
  reference,
  `${reference.toLowerCase()}@example.net`,
  code ?? '',
  '100.00',
  'EUR',
  'completed',
  '2026-06-10',
];

const compute = (database: Database) =>
  computeRewards(dependenciesAt(database), { contest: undefined, dryRun: false });

/** What was handed out, `customer_id amount` in minor units. */
async function pay(database: Database): Promise<string[]> {
  let paid: string[] = [];
  const { id } = await startRun(database.queries, clockAt(NOW), {
    ...{
      command: 'rewards pay',
      arguments: {},
      operator: 'tester',
      host: 'here',
      processId: 1,
      version: '1.0.0',
    },
  });
  await payRewards(
    { ...dependenciesAt(database), run: { id, operator: 'tester' } },
    { contest: undefined, dryRun: false },
    async ({ lines }) => {
      paid = lines.map(({ customer_id, amount_minor }) => `${customer_id} ${amount_minor}`);
    },
  );
  return paid;
}

describeEngineUrls('a restore after rewards were paid', (createUrl) => {
  async function restore(folder: string, id: string, url: string) {
    const found = await findBackup(id, createFolderStore(folder, systemRandom), folder, systemRandom);
    return restoreBackup(url, {
      id,
      ...(await checkArchive(found)),
      clock: systemClock,
      random: systemRandom,
      run: { id: null, operator: 'op' },
      programVersion: '1.0.0',
      config: DEFAULT_DATABASE_CONFIG,
    });
  }

  async function setUp(): Promise<{ readonly folder: string; readonly url: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'referral-payments-'));
    folders.push(folder);
    return { folder, url: await createUrl() };
  }

  const back = (database: Database, folder: string) =>
    createBackup({
      database,
      store: createFolderStore(folder, systemRandom),
      clock: clockAt(NOW),
      programVersion: '1.0.0',
    });

  test('knows who was paid and pays nobody twice', async () => {
    const { folder, url } = await setUp();
    const id = await usingDatabase({ url }, async (database) => {
      const { codes, importRows } = await createContestFixture(database, { rules: RULES });
      await importRows([HEADER, booking('B-1', codes.get('C-1')), booking('B-2', codes.get('C-2'))]);
      await compute(database);
      const backup = await back(database, folder);
      expect(await pay(database)).toEqual(['C-1 2500', 'C-2 2500']);
      return backup.id;
    });
    expect(await restore(folder, id, url)).toMatchObject({
      ...{ payouts_kept: 2, payouts_lost: 0, ledger_kept: 2, ledger_lost: 0 },
    });
    await usingDatabase({ url }, async (database) => {
      await releaseQuarantine({ ...dependenciesAt(database), dryRun: false });
      expect(await verifyRewards(database.queries, NOW)).toMatchObject({ ok: true, rewards: 2, entries: 4 });
      expect(await pay(database)).toEqual([]);
    });
    // A second restore finds it all in the first.
    expect(await restore(folder, id, url)).toMatchObject({ payouts_kept: 2, ledger_kept: 2, ledger_lost: 0 });
  });

  test('deducts what was paid for bookings that the backup does not know, once they are back', async () => {
    const { folder, url } = await setUp();
    const { id, code } = await usingDatabase({ url }, async (database) => {
      const { codes, importRows } = await createContestFixture(database, { rules: RULES });
      const backup = await back(database, folder);
      await importRows([HEADER, booking('B-1', codes.get('C-1'))]);
      await compute(database);
      expect(await pay(database)).toEqual(['C-1 2500']);
      return { id: backup.id, code: codes.get('C-1') };
    });
    expect(await restore(folder, id, url)).toMatchObject({
      ...{ payouts_kept: 1, payouts_lost: 0, ledger_kept: 0, ledger_lost: 2 },
    });
    await usingDatabase({ url }, async (database) => {
      await releaseQuarantine({ ...dependenciesAt(database), dryRun: false });
      await rowImporter(database)([HEADER, booking('B-1', code), booking('B-2', code)]);
      await compute(database);
      // Two rewards are due and one of them was paid before.
      expect(await pay(database)).toEqual(['C-1 2500']);
      expect(await verifyRewards(database.queries, NOW)).toMatchObject({ ok: true, rewards: 2 });
    });
  });

  test('says how many payments went to people whom the backup does not know', async () => {
    const { folder, url } = await setUp();
    const id = await usingDatabase({ url }, async (database) => {
      const backup = await back(database, folder);
      const { codes, importRows } = await createContestFixture(database, { rules: RULES });
      await importRows([HEADER, booking('B-1', codes.get('C-1'))]);
      await compute(database);
      await pay(database);
      return backup.id;
    });
    expect(await restore(folder, id, url)).toMatchObject({
      ...{ payouts_kept: 0, payouts_lost: 1, ledger_kept: 0, ledger_lost: 2 },
    });
  });
});
