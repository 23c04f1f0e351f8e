import { expect, test } from 'vitest';
import { mutateArchives } from '../../../test/backup-soak/mutations.ts';
import { takeRoundTrips } from '../../../test/backup-soak/round-trips.ts';
import { backUpUnderWrites } from '../../../test/backup-soak/under-writes.ts';
import { createDatabaseUrl, describeEngineUrls } from '../../../test/engines.ts';
import { hasPostgres } from '../../../test/postgres-server.ts';

const SEED = 1_000 + Math.floor(Math.random() * 1_000_000);

test('generated databases come back with the same hashes over every pair of engines', {
  timeout: 120_000,
}, async () => {
  const { wrong, restores, rows } = await takeRoundTrips({
    createUrl: createDatabaseUrl,
    databases: hasPostgres() ? 1 : 3,
    seed: SEED,
    route: hasPostgres()
      ? ['sqlite', 'postgres', 'postgres', 'sqlite', 'sqlite']
      : ['sqlite', 'sqlite', 'sqlite'],
  });
  expect(wrong).toEqual([]);
  expect(restores).toBeGreaterThan(2);
  expect(rows).toBeGreaterThan(10);
});

test('archives that were changed in one place are refused before anything is written', {
  timeout: 120_000,
}, async () => {
  const { wrong, mutations, kinds } = await mutateArchives(createDatabaseUrl, 100, SEED);
  expect(wrong).toEqual([]);
  expect(mutations).toBe(100);
  expect(Object.keys(kinds).length).toBeGreaterThan(8);
});

describeEngineUrls('backups made while somebody writes', (_, engine) => {
  test('hold the ledger of one moment each', { timeout: 120_000 }, async () => {
    const { wrong, movements } = await backUpUnderWrites(createDatabaseUrl, engine, {
      backups: 2,
      rowsPerSecond: 3_000,
    });
    expect(wrong).toEqual([]);
    expect(movements).toBeGreaterThan(100);
  });
});
