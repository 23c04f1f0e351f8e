import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mapColumns } from '../csv/map-columns.ts';
import { createPlainScanner, type PlainRows, plainRecord } from '../csv/plain-rows.ts';
import { GrowingBytes } from '../growing-bytes.ts';
import type { RowOptions } from './cell-steps.ts';
import { customerImportFields } from './customer-import-fields.ts';
import { constantsOf } from './import-queries.ts';
import { createRowForm, type FormName } from './row-form.ts';
import { loadRowHashes } from './row-hash.ts';
import { createRowWriter } from './row-writer.ts';

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  full: [
    ...['customer_id', 'email', 'first_name', 'last_name', 'phone', 'tier', 'country', 'locale', 'joined_at'],
    ...['consent', 'consent_at', 'consent_source', 'total_bookings', 'total_spend', 'city', 'a"b', 'zone'],
  ],
  'full names': ['city', 'name', 'email', 'customer_id'],
  'nothing but an address and an id': ['email', 'customer_id'],
};
const EMAILS = [
  ...['guest1.a@example.com', 'guest2@example.com', 'a.b.c@gmail.com', 'abc@gmail.com', 'a+b@gmail.com'],
  ...['a+b@example.com', 'info@example.com', 'in.fo@gmail.com', 'Guest@Example.com', 'x@googlemail.com'],
  ...['x+y@outlook.com', 'jürgen@example.com', 'a@köln.example', 'a@@example.com', '.a@example.com'],
  ...[
    'a.@example.com',
    'a..b@example.com',
    'nobody',
    '',
    ' a@example.com ',
    "'a@example.com",
    "'=a@example.com",
  ],
  ...['a|b@example.com', '-@example.com', `${'x'.repeat(64)}@example.com`, `${'x'.repeat(65)}@example.com`],
  ...['a@example.com"b', '@example.com', 'a@', 'a@example', '"a@example.com"', 'a@example.com,b@example.com'],
];
const TEXTS = [
  ...[
    '',
    'gold',
    'NA',
    'N/A',
    '-',
    'C-00000001',
    'c1',
    '17',
    '17.50',
    '1,234.50',
    '2024-02-29',
    '2024-02-30',
  ],
  ...['granted', 'yes', 'nee', 'unsubscribed', 'perhaps', 'nl_NL', 'nl', 'xx-yy-zz-1', 'Jan van den Berg'],
  ...[
    'de la Cruz, Inés',
    'Zoë',
    'Zoe\u0308',
    'Köln',
    'The "Old" Town',
    "O'Neill",
    "'=1+1",
    "''",
    'a\\b',
    '\\N',
  ],
  ...[
    'a\tb',
    ' padded ',
    '\u202edrawn',
    'a\u0000b',
    '漢字',
    '👩‍🚀',
    'x'.repeat(120),
    'x'.repeat(1_001),
    '{}',
    'a"b',
  ],
  ...[
    'null',
    'nihil',
    '+31 6 12345678',
    '(null)',
    '<null>',
    '—',
    '#N/A',
    'Nadine',
    'nanette',
    'padded behind ',
  ],
];

const GOOD: Readonly<Record<string, readonly string[]>> = {
  customer_id: Array.from({ length: 30 }, (_, at) => `C-${at}`),
  email: ['example.com', 'gmail.com', 'googlemail.com', 'outlook.com'].flatMap((domain) =>
    ['a', 'a.b', 'info', 'guest17.a'].map((local) => `${local}@${domain}`),
  ),
  country: ['NA', 'NL', ''],
  locale: ['nl_NL', 'de', ''],
  joined_at: ['2024-02-29', ''],
  consent: ['granted', 'yes', 'nee', ''],
  consent_at: ['2024-02-29', '20240229', ''],
  consent_source: ['web', ''],
  total_bookings: ['17', '17.0', ''],
  total_spend: ['17.50', '-3', ''],
};

function quote(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

/** A cell as some program writes it: quoted where it has to be, or without need. */
function spelt(cell: string): fc.Arbitrary<string> {
  const mustQuote = /[",]|^[ \t]+$/.test(cell);
  return fc.boolean().map((quotes) => (quotes || mustQuote ? quote(cell) : cell));
}

const random = fc.string({ unit: 'binary', maxLength: 5 }).map((text) => text.replace(/[\r\n]/g, ''));

function rowsOf(header: readonly string[]): fc.Arbitrary<string[]> {
  const cells = header.map((name) => {
    const own = name === 'email' ? EMAILS : TEXTS;
    const usual = { weight: 12, arbitrary: fc.constantFrom(...own) };
    return fc.oneof(usual, { weight: 1, arbitrary: random }).chain(spelt);
  });
  const goodRow = fc.tuple(...header.map((name) => fc.constantFrom(...(GOOD[name] ?? ['', 'Ghent']))));
  const mixed = fc
    .tuple(goodRow, fc.tuple(...cells), fc.nat(header.length))
    .map(([start, other, count]) =>
      start.map((cell, index) => (index < count ? cell : (other[index] ?? ''))),
    );
  return fc.array(
    fc.oneof(goodRow, mixed, fc.tuple(...cells)).map((row) => row.join(',')),
    { minLength: 1, maxLength: 30 },
  );
}

const hashes = await loadRowHashes();

/** Writes the same rows by their bytes and by their texts. */
function writeBoth(
  header: readonly string[],
  rows: PlainRows,
  formName: FormName,
  options: RowOptions,
  map: readonly string[] = [],
) {
  const mapping = mapColumns([...header], customerImportFields, [...map]);
  const [plain, text] = [0, 1].map(() => {
    const form = createRowForm(formName, constantsOf('2026-11-23T00:00:00.000Z'));
    const writer = createRowWriter({ header, mapping, sample: [] }, form, options, hashes);
    return { writer, out: new GrowingBytes(), told: [] as unknown[], refused: 0 };
  });
  if (plain === undefined || text === undefined) throw new TypeError('two of two are missing');
  for (let row = 0; row < rows.rows; row += 1) {
    const record = plainRecord(rows, row);
    const refused = plain.writer.plain.write(rows, row, plain.out);
    plain.told.push(refused ?? plain.writer.plain.lastId());
    if (refused !== undefined) plain.refused += 1;
    const written = text.writer.text.write(record);
    if (typeof written === 'string') text.out.addByteText(written);
    text.told.push(typeof written === 'string' ? text.writer.text.lastId() : written);
    plain.writer.plain.hash(rows, row, plain.out);
    plain.told.push(plain.writer.plain.lastId());
    text.out.addByteText(text.writer.text.hash(record));
    text.told.push(text.writer.text.lastId());
  }
  return { plain, text };
}

function scan(header: readonly string[], lines: readonly string[], delimiter = ','): PlainRows {
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const rows = createPlainScanner(delimiter, header.length)?.scan(bytes, bytes.length, 2);
  if (rows === undefined) throw new TypeError(`not plain: ${lines.join('\n')}`);
  return rows;
}

function countsOf({ role, domains }: { role: number; domains: ReadonlyMap<string, number> }) {
  return { role, domains: [...domains].filter(([, rows]) => rows > 0).sort() };
}

const OPTIONS: readonly RowOptions[] = [
  { timezone: 'UTC' },
  { timezone: 'Europe/Amsterdam', nothing: ['nihil', 'c1'], consent: 'granted' },
];

describe('rows by their bytes', () => {
  for (const form of ['jsonb', 'copy', 'lines'] as const)
    for (const [name, header] of Object.entries(HEADERS))
      for (const [at, options] of OPTIONS.entries()) {
        test(`become what they become by their texts: ${form}, ${name}, options ${at}`, () => {
          let good = 0;
          fc.assert(
            fc.property(rowsOf(header), (lines) => {
              const { plain, text } = writeBoth(header, scan(header, lines), form, options);
              expect(plain.told).toEqual(text.told);
              expect(plain.out.finish()).toEqual(text.out.finish());
              expect(countsOf(plain.writer.addresses())).toEqual(countsOf(text.writer.addresses()));
              good += lines.length - plain.refused;
            }),
            { numRuns: 100 },
          );
          expect(good).toBeGreaterThan(50);
        });
      }

  test.for([
    { header: ['email', 'city'], what: 'line numbers for ids' },
    { header: ['line', 'column', 'reason', 'email', 'city'], what: 'the lines where mended rows were' },
  ])('take $what', ({ header }) => {
    const start = header.length > 2 ? '7,email,"bad",' : '';
    const rows = scan(header, [`${start}a@example.com,Ghent`, `${start}a.b@example.com,"The ""Old"" Town"`]);
    const { plain, text } = writeBoth(header, rows, 'lines', { timezone: 'UTC' }, ['#=customer_id']);
    expect(plain.out.finish()).toEqual(text.out.finish());
    expect(plain.told).toEqual(text.told);
    expect(plain.told[0]).toBe(header.length > 2 ? '7' : '2');
  });

  test('end where a delimiter is that an address may have in it', () => {
    const header = ['email', 'city', 'customer_id'];
    const rows = scan(header, ['a@example.com|x|1', 'a|b@example.com|2', 'a|@example.com|3'], '|');
    const { plain, text } = writeBoth(header, rows, 'copy', { timezone: 'UTC' });
    expect(plain.told).toEqual(text.told);
    expect(plain.refused).toBe(2);
  });

  test('are the same beyond what is remembered of a column', () => {
    const header = ['customer_id', 'email', 'city'];
    const lines = Array.from(
      { length: 25_000 },
      (_, at) => `C-${at},g${at}@d${at % 12_000}.example,town ${at % 12_000}`,
    );
    const { plain, text } = writeBoth(header, scan(header, lines), 'jsonb', { timezone: 'UTC' });
    expect(plain.out.finish().length).toBe(text.out.finish().length);
    expect(Buffer.compare(plain.out.finish(), text.out.finish())).toBe(0);
    expect(countsOf(plain.writer.addresses())).toEqual(countsOf(text.writer.addresses()));
  });
});
