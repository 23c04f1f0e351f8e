import { Writable } from 'node:stream';
import fc from 'fast-check';
import { strFromU8, unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { createPalette } from '../../commands/_runtime/palette.ts';
import { printResult } from '../../commands/_runtime/print-result.ts';
import { stdoutSink } from '../../commands/_runtime/sink.ts';
import type { Database } from '../database/database.ts';
import { type Export, openExport } from '../reports/export/open-export.ts';
import { streamExportWorkbook } from '../reports/export/stream-export-workbook.ts';
import { formatWorkbook } from '../reports/xlsx/workbook.ts';

const PIECES = [
  ...['"', ',', ';', '\n', '\r', '\t', ' ', '=', '+', '-', '@', "'", '\\', '|', '.', '1', '12', 'a', 'Zoë'],
  ...['\u00a0', '\ufeff', '\u3000', '\u2028', '\u1680', '\uff1d', '\u0001', '\u001f', '\u007f', '\u0085'],
  ...[
    '\u00e9',
    '\u4e2d',
    '\ud83d\ude00',
    '\ufffd',
    '+31 6 (12)',
    '-5',
    '+5.',
    '=1+1',
    'null',
    '\\N',
    ...['_x0041_', '_x', '<', '&', '\ufffe', '\ud7ff'],
    '{}',
    "'=1",
    "''-x",
  ],
];
const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 5 }).map((pieces) => pieces.join(''));
const maybeText = fc.option(text, { freq: 3 });
const attributeName = fc.oneof(
  text,
  fc.constantFrom('city', '__proto__', 'constructor', '10', '9', 'a.b', 'A', 'b', '\uffee', '\u{10000}'),
);
const time = fc.option(
  fc
    .date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
);
const customer = fc.record({
  email: maybeText,
  first_name: maybeText,
  name: maybeText,
  phone: fc.option(fc.constantFrom('+31 6 1234 5678', '+31-6', '+', '+(31)', '0612', '-0612', '+31 6 ')),
  joined_at: time,
  consent_at: time,
  total_bookings: fc.option(fc.integer({ min: -3, max: 1_000_000 })),
  total_spend: fc.option(
    fc.oneof(fc.integer({ min: -1_000, max: 1_000 }), fc.integer({ min: -1e12, max: 1e12 })),
  ),
  attributes: fc.oneof(
    fc.constant<[string, string][]>([]),
    fc.uniqueArray(fc.tuple(attributeName, text), { selector: ([name]) => name, maxLength: 4 }),
  ),
});
type Made = typeof customer extends fc.Arbitrary<infer T> ? T : never;

async function fill(database: Database, customers: readonly Made[]): Promise<void> {
  await database.queries.deleteFrom('customers').execute();
  const written = '2026-03-01T09:00:00.120Z';
  for (const [index, { attributes, email, ...fields }] of customers.entries()) {
    await database.queries
      .insertInto('customers')
      .values({
        ...fields,
        ...{ customer_id: `C-${index}`, email, address_key: email, consent: 'unknown' },
        attributes: JSON.stringify(Object.fromEntries(attributes)),
        ...{ source: 'import', created_at: written, updated_at: '2026-03-01T09:00:00.000Z' },
      } as never)
      .execute();
  }
}

async function printed(
  opened: Export,
  format: 'csv' | 'json' | 'ndjson',
  raw: boolean,
  formats: Export['formats'],
): Promise<string> {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  const columns = opened.columns.map(({ key }) => ({ key }));
  await printResult({ kind: 'list', columns, rows: opened.rows, formats, raw }, stdoutSink(stream), {
    ...{ format, terminal: false, inPlace: false, width: 80, height: 24, palette: createPalette(false) },
  });
  return Buffer.concat(chunks).toString();
}

/** What a spreadsheet reads: of each sheet its cells, each with its place, style and value; blanks around a text only where told. */
function readCells(workbook: Uint8Array): Record<string, string[]> {
  const sheets = Object.entries(unzipSync(workbook)).filter(([path]) => path.startsWith('xl/worksheets/'));
  return Object.fromEntries(
    sheets.map(([path, bytes]) => [
      path,
      [...strFromU8(bytes).matchAll(/<row r="(\d+)">|<c r="(\w+)"([^>]*)>(.*?)<\/c>/gs)].map(
        ([, row, place, options, content = '']) => {
          if (row !== undefined) return `row ${row}`;
          const text = /^<is><t( xml:space="preserve")?>(.*)<\/t><\/is>$/s.exec(content);
          const value =
            text === null ? content : `text ${text[1] === undefined ? (text[2] ?? '').trim() : text[2]}`;
          return `${place}${options} ${value}`;
        },
      ),
    ]),
  );
}

async function workbookOf(opened: Export): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamExportWorkbook('customers', opened)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const REQUEST = { noun: 'customers', where: [], offset: 0, now: '2026-09-01T10:00:00.000Z', timezone: 'UTC' };

describeEngines('rows that are written from bytes', (open) => {
  it('are the same as rows that are written from objects, whatever the values', async () => {
    const database = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(customer, { maxLength: 12 }), async (customers) => {
        await fill(database, customers);
        for (const format of ['csv', 'json', 'ndjson'] as const) {
          for (const raw of format === 'csv' ? [false, true] : [false]) {
            const slow = await printed(await openExport(database, REQUEST), format, raw, undefined);
            const opened = await openExport(database, REQUEST);
            expect(opened.formats).toBeDefined();
            expect(await printed(opened, format, raw, opened.formats)).toBe(slow);
          }
        }
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('are the same cells of a workbook, whatever the values', async () => {
    const database = await open();
    await fc.assert(
      fc.asyncProperty(fc.array(customer, { maxLength: 12 }), async (customers) => {
        await fill(database, customers);
        const { columns, rows } = await openExport(database, REQUEST);
        const slow = readCells(await workbookOf({ columns, rows }));
        expect(slow['xl/worksheets/sheet1.xml']?.filter((cell) => cell.startsWith('row'))).toHaveLength(
          customers.length + 1,
        );
        expect(readCells(await workbookOf(await openExport(database, REQUEST)))).toEqual(slow);
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  it('go on in a further sheet when one is full', async () => {
    const database = await open();
    await fill(database, fc.sample(customer, 7));
    const { columns, formats } = await openExport(database, REQUEST);
    const titles = columns.map(({ key, type }) => ({ title: key, type }));
    const rows = formats?.sheet() ?? [];
    const sheets = readCells(await formatWorkbook([{ name: 'customers', columns: titles, rows }], 4));
    const ids = Object.values(sheets).map((cells) => cells.filter((cell) => /^A[2-9]/.test(cell)));
    expect(ids.map((cells) => cells.map((cell) => cell.split('text ')[1]))).toEqual([
      ['C-0', 'C-1', 'C-2'],
      ['C-3', 'C-4', 'C-5'],
      ['C-6'],
    ]);
  });

  it('come page by page, with a limit, an offset and conditions', async () => {
    const database = await open();
    for (let from = 0; from < 4_321; from += 1_000) {
      const values = Array.from({ length: Math.min(1_000, 4_321 - from) }, (_, index) => ({
        ...{ customer_id: `C-${from + index}`, first_name: 'x'.repeat(index % 300), consent: 'unknown' },
        ...{ attributes: '{}', source: 'import', total_bookings: index % 7 },
        ...{ created_at: REQUEST.now, updated_at: REQUEST.now },
      }));
      await database.queries
        .insertInto('customers')
        .values(values as never)
        .execute();
    }
    for (const request of [
      REQUEST,
      { ...REQUEST, limit: 2_000 },
      { ...REQUEST, limit: 2_001, offset: 1_999 },
      { ...REQUEST, limit: 0 },
      { ...REQUEST, offset: 4_321 },
      { ...REQUEST, where: ['total_bookings > 3', 'customer_id != C-77'], limit: 2_100, offset: 3 },
    ]) {
      const slow = await printed(await openExport(database, request), 'ndjson', false, undefined);
      const opened = await openExport(database, request);
      expect(await printed(opened, 'ndjson', false, opened.formats)).toBe(slow);
    }
  });

  it('are selected by every kind of condition as rows that are read as values are', async () => {
    const database = await open();
    await fill(database, fc.sample(customer, { numRuns: 200, seed: 5 }));
    for (const where of [
      ['total_bookings >= 3', 'total_spend > 1.5'],
      ['joined_at > 1950-01-01', 'created_at < 2026-03-02'],
      ['attributes.city = "$1"'],
      ['attributes.$1 != x', 'consent = unknown'],
      ['customer_id in (C-1, C-2, "it\'s $2")'],
      ['name ~ "\'"', 'email != ""'],
      ['total_spend != 0.07', 'total_bookings != ""'],
    ]) {
      const slow = await printed(await openExport(database, { ...REQUEST, where }), 'csv', true, undefined);
      expect(slow.split('\n').length).toBeGreaterThan(where[0]?.includes('$1"') === true ? 1 : 2);
      const opened = await openExport(database, { ...REQUEST, where });
      expect(opened.formats).toBeDefined();
      expect(await printed(opened, 'csv', true, opened.formats)).toBe(slow);
    }
  });

  it('can be left in the middle, and the database is of use again', async () => {
    const database = await open();
    const long = 'x'.repeat(4_000);
    for (let block = 0; block < 10; block += 1) {
      const values = Array.from({ length: 1_000 }, (_, index) => ({
        ...{ customer_id: `C-${block}-${index}`, first_name: long, consent: 'unknown', attributes: '{}' },
        ...{ source: 'import', created_at: REQUEST.now, updated_at: REQUEST.now },
      }));
      await database.queries
        .insertInto('customers')
        .values(values as never)
        .execute();
    }
    for (let round = 0; round < 12; round += 1) {
      const opened = await openExport(database, REQUEST);
      for await (const chunk of opened.formats?.csv({ raw: true }) ?? []) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    const { attributes } = await database.queries
      .selectFrom('customers')
      .select('attributes')
      .executeTakeFirstOrThrow();
    expect(attributes).toBe('{}');
  });
});
