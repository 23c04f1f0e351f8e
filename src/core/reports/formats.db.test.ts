import { parse as parseCsv } from 'csv-parse/sync';
import { sql } from 'kysely';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import readWorkbook from 'read-excel-file/node';
import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { exampleReport } from '../../../test/example-report.ts';
import { exampleTableReports } from '../../../test/example-table-reports.ts';
import { fillReportData, REPORT_CONTEST } from '../../../test/fill-report-data.ts';
import { getContest } from '../contests/get-contest.ts';
import { formatCsvRow } from '../csv/format-csv.ts';
import type { Database } from '../database/database.ts';
import { buildReport } from './build-report.ts';
import { buildTableReport } from './build-table-report.ts';
import { formatReportWorkbook } from './format-report-workbook.ts';
import { formatTableReportWorkbook } from './format-table-report-workbook.ts';
import { formatReportPage } from './html/report-page.ts';
import { formatTableReportPage } from './html/table-report-page.ts';
import { createFormat } from './locale/create-format.ts';
import { EN } from './locale/en.ts';
import { formatTables } from './locale/format-tables.ts';
import { MONEY, TOTALS } from './metrics.ts';
import { type ReportRow, reportRows } from './report-rows.ts';
import { type TableReport, tableDocument } from './table-report.ts';
import { tableReportRows } from './table-report-rows.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Row = Readonly<Record<string, unknown>>;

const NOW = '2026-09-01T10:00:00.000Z';
const NAMES = ['revenue', 'cohorts', 'segments', 'deliverability'] as const;
const HOSTILE = ['=HYPERLINK("http://x","y")', '</table><script>alert(1)</script>', '+1,"\n;x\u0007'];

/** Random data with names that somebody hostile would choose. */
async function fill(database: Database): Promise<void> {
  await fillReportData(database, { customers: 120, seed: Math.floor(Math.random() * 1e6) });
  for (const [index, name] of HOSTILE.entries()) {
    await database.queries
      .updateTable('segments')
      .set({ name })
      .where('id', '=', index + 1)
      .execute();
    await database.queries
      .updateTable('campaigns')
      .set({ slug: name })
      .where('id', '=', index + 1)
      .execute();
  }
}

async function requestOf(database: Database) {
  const contest = await getContest(database.queries, REPORT_CONTEST);
  return { contest, now: NOW, timezone: 'Europe/Amsterdam' };
}

function readCsv(rows: readonly ReportRow[]): Map<string, string> {
  const text = rows.map((row) => formatCsvRow([row.section, row.name, row.currency, row.value])).join('');
  const read: string[][] = parseCsv(text);
  return new Map(
    read.map(([section, name, currency, value]) => [`${section} ${name} ${currency}`, value ?? '']),
  );
}

/** A workbook as another program reads it: each sheet by its name, as rows of cells. */
async function readSheets(bytes: Uint8Array): Promise<Map<string, unknown[][]>> {
  const sheets = await readWorkbook(Buffer.from(bytes));
  return new Map(sheets.map(({ sheet, data }) => [sheet, data.slice(1)]));
}

function elements(node: Node, name: string): Node[] {
  const children = 'childNodes' in node ? node.childNodes.flatMap((child) => elements(child, name)) : [];
  return node.nodeName === name ? [node, ...children] : children;
}

function textOf(node: Node): string {
  if ('value' in node && node.nodeName === '#text') return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

/** Every table of a page by its caption, as rows of texts without the header. */
function readTables(page: string): Map<string, string[][]> {
  const tables = elements(parse(page), 'table').map((table): [string, string[][]] => {
    const rows = elements(table, 'tr').slice(1);
    const cells = rows.map((row) =>
      'childNodes' in row ? row.childNodes.map((cell) => textOf(cell).trim()) : [],
    );
    return [elements(table, 'caption').map(textOf).join(), cells];
  });
  return new Map(tables);
}

const numeric = (value: unknown): number => Number(String(value).replace(/[^\d.-]/g, ''));
// A name of the document ends the first cell of its row.
const byName = (rows: readonly string[][]): Map<string, number[]> =>
  new Map(rows.map(([head = '', ...cells]) => [head.split(' ').at(-1) ?? '', cells.map(numeric)]));
const sum = (rows: readonly Row[], key: string): number =>
  rows.reduce((total, row) => total + Number(row[key] ?? 0), 0);

async function ask(database: Database, query: ReturnType<typeof sql<Row>>): Promise<Row[]> {
  return (await query.execute(database.queries)).rows;
}

describeEngines('the formats of a report', (open) => {
  it('say the same totals and amounts, which an independent query finds too', async () => {
    const database = await open();
    await fill(database);
    const report = await buildReport(database, { report: 'contest', ...(await requestOf(database)) });
    const csv = readCsv(reportRows(report));
    const sheets = await readSheets(await formatReportWorkbook(report));
    const page = readTables(formatReportPage(report));
    const amounts = byName(page.get(EN.amounts) ?? []);
    const inPage = byName([...page].flatMap(([caption, rows]) => (caption === EN.amounts ? [] : rows)));
    const totals = new Map(sheets.get('Totals')?.map(([name, , value]) => [name, value]));
    for (const { name } of TOTALS) {
      expect([name, Number(csv.get(`totals ${name} `))]).toEqual([name, report.totals[name]]);
      expect([name, totals.get(name)]).toEqual([name, report.totals[name]]);
      expect([name, inPage.get(name)?.[0]]).toEqual([name, report.totals[name]]);
    }
    const currencies = Object.keys(report.money);
    for (const [index, currency] of currencies.entries()) {
      for (const { name } of MONEY) {
        const amount = report.money[currency]?.[name];
        expect([name, csv.get(`money ${name} ${currency}`)]).toEqual([name, amount]);
        expect([name, amounts.get(name)?.[index]]).toEqual([name, Number(amount)]);
      }
    }
    const money = sheets
      .get('Money')
      ?.flat()
      .filter((cell) => typeof cell === 'number');
    expect(money).toEqual(expect.arrayContaining([Number(report.money['EUR']?.revenue_net)]));
    const [counted] = await ask(
      database,
      sql`select (select count(*) from bookings b join contests t on t.id = 1 and b.booked_at >= t.starts_at and b.booked_at < t.ends_at) as bookings,
        (select count(distinct e.delivery_id) from events e join deliveries d on d.id = e.delivery_id join campaigns c on c.id = d.campaign_id and c.contest_id = 1
          where e.type = 'clicked') as clicked,
        (select count(*) from referrals where contest_id = 1 and status = 'approved') as referrals_approved,
        (select count(*) from rewards where contest_id = 1) as rewards,
        (select count(*) from participants where contest_id = 1) as participants`,
    );
    expect(report.totals).toMatchObject(counted ?? { bookings: 'nothing' });
    expect(Number(counted?.['bookings'])).toBeGreaterThan(0);
  });

  it('say the same of every table, in every cell', async () => {
    const database = await open();
    await fill(database);
    for (const report of NAMES) {
      const result = await buildTableReport(database, { report, ...(await requestOf(database)) });
      const document = JSON.parse(JSON.stringify(tableDocument(result)));
      const sheets = await readSheets(await formatTableReportWorkbook(result));
      const csv = readCsv(tableReportRows(result));
      const page = readTables(formatTableReportPage(result));
      for (const table of result.tables) {
        const { key, columns, rows } = table;
        expect(document[key]).toEqual(rows);
        const sheet = sheets.get(key.charAt(0).toUpperCase() + key.slice(1)) ?? [];
        expect(sheet).toHaveLength(rows.length);
        const numbers = columns.flatMap((column, index) =>
          ['count', 'share', 'amount', 'points'].includes(column.unit) ? [{ ...column, index }] : [],
        );
        for (const [at, row] of rows.entries()) {
          for (const { key: name, index } of numbers) {
            const expected = row[name] === null ? null : Number(row[name]);
            expect([key, name, sheet[at]?.[index]]).toEqual([key, name, expected]);
            const subject = row[columns[0]?.key ?? ''] ?? '';
            const known = csv.get(`${key}.${subject} ${name} ${row['currency'] ?? ''}`.replace(/^'/, ''));
            if (known !== undefined) expect(known === '' ? null : Number(known)).toBe(expected);
          }
        }
        expectInPage(page, result, table.key);
      }
    }
  });

  it('have tables whose sums an independent query finds too', async () => {
    const database = await open();
    await fill(database);
    const request = await requestOf(database);
    const tablesOf = async (report: TableReport['report']) =>
      tableDocument(await buildTableReport(database, { report, ...request })) as Readonly<
        Record<string, readonly Row[]>
      >;
    const { attribution = [], months = [] } = await tablesOf('revenue');
    const net = await ask(
      database,
      sql`select b.currency, sum(b.amount_minor - b.refunded_minor) as net, count(*) as bookings,
        sum(case when exists (select 1 from referrals r where r.booking_id = b.id and r.contest_id = 1 and r.status not in ('rejected', 'expired'))
          then b.amount_minor - b.refunded_minor else 0 end) as referred
      from bookings b join contests t on t.id = 1 and b.booked_at >= t.starts_at and b.booked_at < t.ends_at
      where b.status in ('confirmed', 'completed', 'refunded') group by b.currency order by b.currency`,
    );
    for (const { currency, net: minor, bookings, referred } of net) {
      const unit = currency === 'JPY' ? 1 : 100;
      const own = (rows: readonly Row[]) => rows.filter((row) => row['currency'] === currency);
      expect(sum(own(attribution), 'revenue') * unit).toBeCloseTo(Number(minor), 3);
      expect(sum(own(attribution), 'bookings')).toBe(bookings);
      expect(sum(own(months), 'net') * unit).toBeCloseTo(Number(minor), 3);
      expect(sum(own(months), 'referred') * unit).toBeCloseTo(Number(referred), 3);
      const direct = own(attribution).filter(({ channel }) => channel === 'direct');
      expect(sum(direct, 'revenue') * unit).toBeCloseTo(Number(referred), 3);
    }
    const { joined = [], contests = [] } = await tablesOf('cohorts');
    const { segments = [] } = await tablesOf('segments');
    const { campaigns = [], classes = [] } = await tablesOf('deliverability');
    const [counted] = await ask(
      database,
      sql`select (select count(*) from participants p join customers c on c.id = p.customer_ref and c.erased_at is null where p.contest_id = 1) as people,
        (select count(*) from segment_members m join participants p on p.customer_ref = m.customer_ref and p.contest_id = 1
          join customers c on c.id = m.customer_ref and c.erased_at is null) as members,
        (select count(distinct r.friend_ref) from referrals r where r.contest_id = 1 and r.status in ('pending', 'held', 'approved')) as friends,
        (select count(*) from deliveries d join campaigns c on c.id = d.campaign_id and c.contest_id = 1 where d.status = 'accepted') as accepted`,
    );
    expect(sum(joined, 'customers')).toBe(counted?.['people']);
    expect(sum(segments, 'members')).toBe(counted?.['members']);
    expect(sum(contests, 'friends')).toBe(counted?.['friends']);
    expect(sum(campaigns, 'accepted')).toBe(counted?.['accepted']);
    expect(sum(classes, 'accepted')).toBe(counted?.['accepted']);
  });
});

/** Every number of a table that the page shows whole is the one of the result, as far as its digits go. */
function expectInPage(page: Map<string, string[][]>, report: TableReport, key: string): void {
  const formatted = formatTables(report, createFormat('en')).find((table) => table.key === key);
  const shown = page.get(formatted?.title ?? '') ?? [];
  // Figures in several currencies are turned, and of many months the last are shown.
  if (formatted === undefined || key === 'money' || shown.length < formatted.rows.length) {
    expect(report.tables.find((table) => table.key === key)?.rows.length === 0 || shown.length > 0).toBe(
      true,
    );
    return;
  }
  for (const [at, row] of formatted.source.rows.entries()) {
    for (const [index, { key: name, unit }] of formatted.source.columns.entries()) {
      const value = row[name];
      if (value === null || value === undefined || !['count', 'amount', 'share'].includes(unit)) continue;
      const size = numeric(shown[at]?.[index]);
      if (unit === 'share') expect(Math.abs(size - Number(value) * 100)).toBeLessThan(0.051);
      else expect([name, size]).toEqual([name, Number(value)]);
    }
  }
}

it('keep hostile names as text in every format', async () => {
  for (const report of exampleTableReports) {
    const sheets = await readSheets(await formatTableReportWorkbook(report));
    const cells = new Set([...sheets.values()].flat(2));
    for (const { columns, rows } of report.tables) {
      const names = columns.filter(({ unit }) => unit === 'name');
      for (const row of rows) for (const { key } of names) expect(cells).toContain(row[key]);
    }
    const csv = tableReportRows(report)
      .map((row) => formatCsvRow([row.section, row.name, row.currency, row.value]))
      .join('');
    for (const row of parseCsv(csv) as string[][])
      for (const cell of row) expect(cell).not.toMatch(/^[=+@]|^-\D/);
  }
  const sheets = await readSheets(await formatReportWorkbook(exampleReport));
  expect(new Set([...sheets.values()].flat(2))).toContain('=HYPERLINK("http://evil.example")');
});
