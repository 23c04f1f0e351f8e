import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { ReferralError } from '../errors.ts';
import type { CsvOptions, CsvRecord } from './csv-file.ts';
import { openCsv } from './open-csv.ts';

const SHARED = join(import.meta.dirname, '../../../../shared/data');
const SPECTRUM = join(SHARED, 'csv/spectrum');
const ENCODINGS = join(SHARED, 'encodings/node-chardet/test/data/encodings');

async function read(content: string | Buffer, options: CsvOptions = {}, piece = 65_536) {
  const bytes = Buffer.from(content);
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += piece) pieces.push(bytes.subarray(at, at + piece));
  const file = await openCsv(Readable.from(pieces), options);
  const records: CsvRecord[] = [];
  for await (const batch of file.batches) records.push(...batch);
  return { file, records, rows: records.map((record) => record.cells) };
}

async function refusal(content: string | Buffer, options: CsvOptions = {}): Promise<ReferralError> {
  return read(content, options).then(
    () => expect.unreachable('it was read'),
    (error: ReferralError) => error,
  );
}

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('opening a CSV file', () => {
  test.each([
    [',', 'id,name\n1,Jan\n2,"a;b"\n'],
    [';', 'id;name\n1;Jan, Piet\n2;1,5\n'],
    ['\t', 'id\tname\n1\tJan, Piet\n'],
    ['|', 'id|name|at\n1|Jan|10:30:00\n'],
    [':', 'id:name\n1:Jan\n'],
  ])('finds the delimiter %j', async (delimiter, text) => {
    const { file, records } = await read(text);
    expect(file.delimiter).toBe(delimiter);
    expect(records.every((record) => record.problem === undefined)).toBe(true);
  });

  test('reads a file of one column', async () => {
    const { file, rows } = await read('email\na@example.com\nb@example.com');
    expect([file.delimiter, file.header, rows]).toEqual([
      ',',
      ['email'],
      [['a@example.com'], ['b@example.com']],
    ]);
  });

  test("obeys Excel's sep= line and counts it", async () => {
    const { file, records } = await read('sep=;\r\na;b\r\n1;2\r\n');
    expect([file.delimiter, file.header, records[0]?.line]).toEqual([';', ['a', 'b'], 3]);
  });

  test.each([
    ['utf-8', Buffer.from('naam,stad\nZoë,Den Haag\n')],
    ['utf-8', Buffer.from('\uFEFFnaam,stad\nZoë,Den Haag\n')],
    ['windows-1252', Buffer.from('naam,stad\nZoë,Den Haag\n', 'latin1')],
    ['utf-16le', Buffer.from('\uFEFFnaam,stad\nZoë,Den Haag\n', 'utf16le')],
    ['utf-16le', Buffer.from('naam,stad\nZoë,Den Haag\n', 'utf16le')],
    ['utf-16be', utf16be('\uFEFFnaam,stad\nZoë,Den Haag\n')],
    ['utf-16be', utf16be('naam,stad\nZoë,Den Haag\n')],
  ])('finds the encoding %s', async (encoding, bytes) => {
    for (const piece of [1, 3, 1_000]) {
      const { file, rows } = await read(bytes, {}, piece);
      expect([file.encoding, file.header, rows]).toEqual([encoding, ['naam', 'stad'], [['Zoë', 'Den Haag']]]);
    }
  });

  test('decides between UTF-8 and Windows-1252 where the first accent turns up, however late', async () => {
    const filler = 'Jan,Utrecht\n'.repeat(30_000);
    for (const encoding of ['utf8', 'latin1'] as const) {
      const { rows } = await read(Buffer.from(`naam,stad\n${filler}Zoë,Málaga\n`, encoding));
      expect(rows.at(-1)).toEqual(['Zoë', 'Málaga']);
    }
  });

  test('takes the encoding that it is told', async () => {
    const { file, rows } = await read(Buffer.from([0x61, 0x0a, 0xe6]), { encoding: 'iso-8859-5' });
    expect([file.encoding, rows]).toEqual(['iso-8859-5', [['ц']]]);
  });

  test('refuses bytes that are neither UTF-8 nor Windows-1252', async () => {
    expect((await refusal(Buffer.from([0x61, 0x0a, 0x81, 0x20]))).hint).toContain('--encoding');
  });

  test('names columns without a name and repeated ones', async () => {
    const { file } = await read(',email, Email ,email\n0,a,b,c\n');
    expect(file.header).toEqual(['column_1', 'email', 'Email', 'email_2']);
  });

  test('refuses ragged rows one by one and takes empty cells too many', async () => {
    const { records } = await read('a,b\n1\n1,2,3\n1,2,,\n');
    expect(records.map((record) => record.problem)).toEqual([
      'the row has 1 cells, the header has 2',
      'the row has 3 cells, the header has 2',
      undefined,
    ]);
  });

  test.each([
    ['empty', ''],
    ['blanks', '\n \n'],
    ['HTML', '<!DOCTYPE html><html><body>Sign in</body></html>'],
    ['XML', '<?xml version="1.0"?><a/>'],
    ['JSON object', '{"customers": []}'],
    ['JSON array', '[\n  {"email": "a@example.com"}\n]'],
    ['XLSX', Buffer.from('PK\x03\x04rest', 'latin1')],
    ['PDF', '%PDF-1.7\n'],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0])],
    ['NUL bytes', Buffer.from('a,b\n1,\0\n')],
  ])('refuses what is no CSV, saying what to do: %s', async (_, content) => {
    const error = await refusal(content);
    expect(error.code).toBe('input_unusable');
    expect(error.hint).toBeTruthy();
  });

  test('refuses an unknown encoding or delimiter as wrong usage', async () => {
    expect((await refusal('a\n1\n', { encoding: 'utf-88' })).code).toBe('usage');
    expect((await refusal('a\n1\n', { delimiter: 'dash' })).code).toBe('usage');
  });

  test('keeps the batch size', async () => {
    const text = `a,b\n${'1,2\n'.repeat(25_000)}`;
    const file = await openCsv(Readable.from([Buffer.from(text)]), { batchSize: 10_000 });
    const sizes: number[] = [];
    for await (const batch of file.batches) sizes.push(batch.length);
    expect(sizes).toEqual([10_000, 10_000, 5_000]);
  });

  test('gives few long rows at once', async () => {
    const text = `a,b\n${`1,${'x'.repeat(100_000)}\n`.repeat(20)}`;
    const pieces = Array.from({ length: Math.ceil(text.length / 16_384) }, (_, index) =>
      Buffer.from(text.slice(index * 16_384, (index + 1) * 16_384)),
    );
    const file = await openCsv(Readable.from(pieces), { batchSize: 150 });
    const sizes = await Array.fromAsync(file.batches, (batch) => batch.length);
    expect(sizes).toEqual([3, 3, 3, 3, 3, 3, 2]);
  });
});

describe.skipIf(!existsSync(SPECTRUM))('csv-spectrum (skipped without ../shared/data)', () => {
  const files = existsSync(SPECTRUM) ? readdirSync(join(SPECTRUM, 'csvs')) : [];

  test.each(files)('%s reads as its JSON says', async (name) => {
    const file = await openCsv(createReadStream(join(SPECTRUM, 'csvs', name)));
    const rows: Record<string, string>[] = [];
    for await (const batch of file.batches) {
      for (const { cells } of batch)
        rows.push(Object.fromEntries(file.header.map((column, index) => [column, cells[index] ?? ''])));
    }
    // The JSON files write every line end inside a cell as LF.
    const json = readFileSync(join(SPECTRUM, 'json', `${basename(name, '.csv')}.json`), 'utf8');
    const expected: unknown = JSON.parse(json.replaceAll('\\r\\n', '\\n'));
    const text = JSON.stringify(rows).replaceAll('\\r\\n', '\\n');
    // One source file and its JSON carry different telephone numbers, and that JSON is an object where the others are arrays.
    const known = text.replace('2095257564', '1234567890');
    expect(JSON.parse(known)).toEqual(Array.isArray(expected) ? expected : [expected]);
  });
});

describe.skipIf(!existsSync(ENCODINGS))('samples of encodings (skipped without ../shared/data)', () => {
  const samples = existsSync(ENCODINGS) ? readdirSync(ENCODINGS, { withFileTypes: true }) : [];
  const files = samples.filter((entry) => entry.isFile()).map((entry) => entry.name);

  test.each(files)('%s', async (name) => {
    const bytes = readFileSync(join(ENCODINGS, name));
    const expected = EXPECTED[name] ?? (name.startsWith('lang_') ? 'utf-8' : name.replace('_', '-'));
    // Prose is no table; told apart by a delimiter that it does not have, each line is a row of one cell.
    if (expected === 'refused') expect((await refusal(bytes)).code).toBe('input_unusable');
    else expect((await read(bytes, { delimiter: '\u0007' })).file.encoding).toBe(expected);
  });
});

// The WHATWG standard reads ISO-8859-1 and -9 as their Windows supersets, and has neither UTF-32 nor ISO-2022-CN and -KR.
const EXPECTED: Readonly<Record<string, string>> = {
  ascii: 'utf-8',
  utf8: 'utf-8',
  // The samples have nothing but ASCII in them.
  iso88591_en: 'utf-8',
  iso2022cn: 'utf-8',
  iso2022kr: 'utf-8',
  utf16le: 'utf-16le',
  // It has the mark of one byte order and text in the other; the text is right.
  utf16be: 'utf-16le',
  utf32le: 'refused',
  utf32be: 'refused',
  euc_jp: 'euc-jp',
  euc_kr: 'euc-kr',
  shiftjis: 'shift_jis',
  iso2022jp: 'iso-2022-jp',
  iso88592_cs: 'iso-8859-2',
  iso88595_ru: 'iso-8859-5',
  iso88596_ar: 'iso-8859-6',
  iso88597_el: 'iso-8859-7',
  iso88598: 'iso-8859-8',
  iso88598_he: 'iso-8859-8',
  iso88599_tr: 'windows-1254',
  koi8r: 'koi8-r',
  windows_1257_et: 'windows-1257',
  windows_1257_lt: 'windows-1257',
  windows_1257_lv: 'windows-1257',
};

describe('legacy encodings of names', () => {
  test.each([
    'Zoë',
    'Müller,Köln\n2,Weiß,Düsseldorf',
    'José Muñoz,Málaga',
    'Françoise Lefèvre,Besançon',
    'Ægir Þórsson,Reykjavík',
    'João,São Paulo',
    'Åsa Öberg,Malmö',
    'a “quoted” name – € 5',
  ])('%j alone is windows-1252', async (name) => {
    const text = `id,name,city\n1,${name}\n`.replace('€', '\x80').replace('“', '\x93').replace('”', '\x94');
    const { file } = await read(Buffer.from(text.replace('–', '\x96'), 'latin1'), { delimiter: ',' });
    expect(file.encoding).toBe('windows-1252');
    expect(file.findings[0]).toContain('not UTF-8');
  });

  test('a table of Russian names is windows-1251', async () => {
    const line = Buffer.from([
      0xc8, 0xe2, 0xe0, 0xed, 0xee, 0xe2, 0xe0, 0x2c, 0xcc, 0xee, 0xf1, 0xea, 0xe2, 0xe0, 0x0a,
    ]);
    const { file, rows } = await read(Buffer.concat([Buffer.from('name,city\n'), line, line, line, line]));
    expect([file.encoding, rows[0]]).toEqual(['windows-1251', ['Иванова', 'Москва']]);
  });
});

describe('finding the header', () => {
  test.each([
    [
      'titles above it',
      'Customers of Hotel Sol\nPrinted 01/02/2026\n\nid,email,city\n1,a@b.nl,Gent\n2,c@d.nl,Delft\n',
    ],
    ['titles in a wide sheet', 'Customers,,\n,,\nid,email,city\n1,a@b.nl,Gent\n2,c@d.nl,Delft\n'],
    ['a title set apart', 'From;2026-01-01\n\nid;email;city\n1;a@b.nl;Gent\n2;c@d.nl;Delft\n'],
    ['padding and quotes', ' "id" ,"email",  city \n1,a@b.nl,Gent\n2,c@d.nl,Delft\n'],
    ['one delimiter too many', 'id,email,city,\n1,a@b.nl,Gent\n2,c@d.nl,Delft,\n'],
    ['delimiters too many in the rows', 'id,email,city\n1,a@b.nl,Gent,,\n2,c@d.nl,Delft,,\n'],
  ])('%s', async (_, text) => {
    const { file, records } = await read(text);
    expect(file.header.slice(0, 3)).toEqual(['id', 'email', 'city']);
    expect(records.map(({ cells, problem }) => [problem, ...cells.slice(0, 3)])).toEqual([
      [undefined, '1', 'a@b.nl', 'Gent'],
      [undefined, '2', 'c@d.nl', 'Delft'],
    ]);
  });

  test('numbers the lines as they are in the file below a preamble, and says what it left out', async () => {
    const { file, records } = await read('My export\n\nid,email\n1,a@b.nl\n2,c@d.nl\n');
    expect(records.map((record) => record.line)).toEqual([4, 5]);
    expect(file.findings.join('\n')).toContain('header on line 3');
    expect(file.rawHeader).toBe('id,email');
  });

  test('a row number without a cell in the header, as R writes it', async () => {
    const { file, rows } = await read('"id","email"\n"1",7,"a@b.nl"\n"2",9,"c@d.nl"\n');
    expect([file.header, rows]).toEqual([
      ['column_1', 'id', 'email'],
      [
        ['1', '7', 'a@b.nl'],
        ['2', '9', 'c@d.nl'],
      ],
    ]);
    expect(file.rawHeader).toBe(',"id","email"');
  });

  test('stays with the first line where another reading is not clear', async () => {
    for (const text of [
      'id,email\n5,a,b\n9,c,d\n',
      'id,email\nx,y,z\nu,v,w\n',
      'email\na@b.nl\nc@d.nl\n',
      'a,b\n',
      'a\n1,2\n3,4\n',
    ]) {
      const { file } = await read(text);
      expect(file.rawHeader).toBe(text.slice(0, text.indexOf('\n')));
    }
  });

  test('takes the line that it is told', async () => {
    const { file, rows } = await read('a,b\nc,d\n1,2\n', { headerLine: 2 });
    expect([file.header, rows]).toEqual([['c', 'd'], [['1', '2']]]);
    expect((await refusal('a,b\n', { headerLine: 9 })).code).toBe('input_unusable');
  });
});
