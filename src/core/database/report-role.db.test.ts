import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createDatabaseUrl } from '../../../test/engines.ts';
import { hasPostgres, usingPostgresClient } from '../../../test/postgres-server.ts';
import { verifyAudit } from '../audit/verify-audit.ts';
import { clockAt } from '../clock.ts';
import { collectMetrics } from '../metrics/collect-metrics.ts';
import { defaultConfig } from '../settings/config.ts';
import { saveMeta } from './meta-queries.ts';
import { usingDatabase } from './open-database.ts';

describe.skipIf(!hasPostgres())('the documented role for reports on postgres', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  const documented = /```sql\n(create role referral_reports .*?)```/s.exec(page)?.[1] ?? '';

  test('reads everything, and can change nothing even where the program would', async () => {
    const { url, drop } = await createDatabaseUrl('postgres');
    const role = `reports_${randomBytes(4).toString('hex')}`;
    const password = randomBytes(8).toString('hex');
    const { username, pathname } = new URL(url);
    const statements = documented
      .replaceAll('referral_reports', role)
      .replace("'…'", `'${password}'`)
      .replace('database contest', `database ${pathname.slice(1)}`)
      .replace('for role referral ', `for role ${username} `);
    expect(statements).toContain(password);
    await usingPostgresClient(url, async (owner) => {
      await owner.query(statements);
      await owner.query('create table of_a_later_migration (id integer)');
    });
    const reports = Object.assign(new URL(url), { username: role, password }).href;
    try {
      await usingDatabase({ url: reports, readOnly: true }, async (database) => {
        const options = {
          config: defaultConfig(),
          clock: clockAt('2026-03-04T02:00:00.000Z'),
          programVersion: '1',
        };
        expect((await database.snapshot((trx) => collectMetrics(trx, options))).length).toBeGreaterThan(10);
        expect(await database.snapshot(verifyAudit)).toMatchObject({ intact: true });
        await database.snapshot((trx) => sql`select * from of_a_later_migration`.execute(trx));
      });
      await usingDatabase({ url: reports }, async (database) => {
        await expect(saveMeta(database.queries, 'x', 'y')).rejects.toMatchObject({
          code: 'database_unreachable',
          reason: expect.stringContaining('read-only transaction'),
        });
        await expect(database.transaction((trx) => saveMeta(trx, 'x', 'y'))).rejects.toThrow();
      });
      await usingPostgresClient(reports, async (client) => {
        await client.query('set default_transaction_read_only = off');
        for (const write of [
          'insert into meta values (1, 2)',
          'delete from runs',
          'create table mine (id integer)',
        ])
          await expect(client.query(write)).rejects.toThrow(/permission denied/);
      });
    } finally {
      await usingPostgresClient(url, async (owner) => {
        await owner.query(`drop owned by ${role}; drop role ${role}`);
      });
      await drop();
    }
  });
});
