import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeEngines } from '../../../../test/engines.ts';
import { fillReportData, REPORT_CONTEST } from '../../../../test/fill-report-data.ts';
import type { Database } from '../../database/database.ts';
import { EXPORT_NOUNS, type ExportRequest, openExport } from './open-export.ts';
import { streamExportWorkbook } from './stream-export-workbook.ts';
import type { ExportRow } from './table-export.ts';

const TABLES: Readonly<Record<string, string>> = { ledger: 'ledger_entries' };

async function exportRows(database: Database, noun: string, more: Partial<ExportRequest> = {}) {
  const { columns, rows } = await openExport(database, {
    ...{ noun, where: [], offset: 0, now: '2026-09-01T10:00:00.000Z', timezone: 'UTC' },
    ...more,
  });
  const list: ExportRow[] = [];
  for await (const row of rows) list.push(row);
  return { keys: columns.map(({ key }) => key), rows: list };
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const list: Uint8Array[] = [];
  for await (const chunk of chunks) list.push(Buffer.from(chunk));
  return Buffer.concat(list);
}

describeEngines('an export', (open) => {
  it('has every row of every noun once, with every column', async () => {
    const database = await open();
    await fillReportData(database);
    for (const noun of EXPORT_NOUNS.filter((noun) => noun !== 'leaderboard')) {
      const { keys, rows } = await exportRows(database, noun);
      const table = sql.table(TABLES[noun] ?? noun);
      const count = await sql<{ n: number }>`select count(*) as n from ${table}`.execute(database.queries);
      expect([noun, rows.length]).toEqual([noun, count.rows[0]?.n]);
      for (const key of rows[0] === undefined ? [] : keys.filter((key) => !key.startsWith('attributes.'))) {
        expect(Object.keys(rows[0] ?? {})).toContain(key);
      }
      for (const row of rows.slice(0, 50)) {
        for (const key of Object.keys(row)) expect(key).not.toMatch(/_minor$|_ref$|^row_id$/);
      }
    }
  });

  it('reads more rows than a page, each once and in order', async () => {
    const database = await open();
    await fillReportData(database, { customers: 1_500, eventsPerMail: 12 });
    const { rows } = await exportRows(database, 'events');
    expect(rows.length).toBeGreaterThan(5_000);
    const ids = rows.map((row) => Number(String(row['provider_event_id']).slice(1)));
    expect(ids).toEqual(ids.map((_, index) => index));
    const part = await exportRows(database, 'events', { offset: 4_990, limit: 20 });
    expect(part.rows).toEqual(rows.slice(4_990, 5_010));
  });

  it('writes amounts in the exponent of their currency, and attributes as columns', async () => {
    const database = await open();
    await fillReportData(database);
    const { keys, rows } = await exportRows(database, 'bookings', { where: ['currency = JPY'] });
    expect(keys.at(-1)).toBe('attributes.region');
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row['amount']).toMatch(/^\d+$/);
      expect(row['attributes']).toEqual({ region: 'north' });
    }
  });

  it('keeps to the contest and the conditions', async () => {
    const database = await open();
    await fillReportData(database);
    for (const noun of ['participants', 'rewards', 'referrals', 'codes']) {
      const all = await exportRows(database, noun);
      const { rows } = await exportRows(database, noun, { contest: REPORT_CONTEST });
      expect(rows).toEqual(all.rows.filter((row) => row['contest'] === REPORT_CONTEST));
    }
    const paid = await exportRows(database, 'rewards', { where: ['status = paid', 'amount >= 20'] });
    expect(paid.rows.length).toBeGreaterThan(0);
    expect(new Set(paid.rows.map((row) => row['status']))).toEqual(new Set(['paid']));
    const customers = await exportRows(database, 'customers', { contest: 'other' });
    const participants = await exportRows(database, 'participants', { contest: 'other' });
    expect(customers.rows.map((row) => row['customer_id'])).toEqual(
      participants.rows.map((row) => row['customer_id']),
    );
  });

  it('is not moved by what is written while it is read', async () => {
    const database = await open();
    await fillReportData(database);
    const { rows } = await openExport(database, {
      ...{ noun: 'customers', where: [], offset: 0, now: '2026-09-01T10:00:00.000Z', timezone: 'UTC' },
    });
    let read = 0;
    for await (const row of rows) {
      if (read === 0)
        await database.queries.deleteFrom('segment_members').where('customer_ref', '=', 300).execute();
      if (read === 0) await sql`update customers set first_name = 'Changed'`.execute(database.queries);
      read += 1;
      expect(row['first_name']).not.toBe('Changed');
    }
    expect(read).toBe(300);
  });

  it('lets go of its snapshot when nobody wants more', async () => {
    const database = await open();
    await fillReportData(database);
    const { rows } = await openExport(database, {
      ...{ noun: 'deliveries', where: [], offset: 0, now: '2026-09-01T10:00:00.000Z', timezone: 'UTC' },
    });
    for await (const row of rows) {
      expect(row['campaign']).toBeDefined();
      break;
    }
  });

  it('refuses what it does not know before it reads anything', async () => {
    const database = await open();
    await expect(exportRows(database, 'refferals')).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('referrals'),
    });
    await expect(exportRows(database, 'rewards', { contest: 'nope' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(exportRows(database, 'rewards', { where: ['colour = red'] })).rejects.toMatchObject({
      code: 'usage',
    });
    await expect(exportRows(database, 'leaderboard')).rejects.toMatchObject({ code: 'usage' });
  });

  it('gives the same workbook for the same rows', async () => {
    const database = await open();
    await fillReportData(database);
    const request = {
      noun: 'rewards',
      where: [],
      offset: 0,
      now: '2026-09-01T10:00:00.000Z',
      timezone: 'UTC',
    };
    const first = await collect(streamExportWorkbook('rewards', await openExport(database, request)));
    const second = await collect(streamExportWorkbook('rewards', await openExport(database, request)));
    expect(second.equals(first)).toBe(true);
  });
});
