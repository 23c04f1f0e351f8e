import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { type ImportOptions, importCustomers } from './import-customers.ts';
import { listCustomers } from './list-customers.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const SHARED = join(import.meta.dirname, '../../../../shared/data');
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referral-import-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function take(
  database: Database,
  csv: string,
  options: Partial<ImportOptions> = {},
  signal = new AbortController().signal,
) {
  return importCustomers(
    database,
    Readable.from([Buffer.from(csv)]),
    {
      file: 'test.csv',
      map: [],
      onConflict: 'update',
      rejectsPath: join(folder, 'rejects.csv'),
      reportMissing: false,
      timezone: 'UTC',
      dryRun: false,
      ...options,
    },
    { clock: clockAt(NOW), run: { id: null, operator: 'test' }, signal },
  );
}

async function all(database: Database) {
  const { rows } = await listCustomers(database.queries, {
    where: [],
    offset: 0,
    now: NOW,
    timezone: undefined,
  });
  return Array.fromAsync(rows);
}

const counts = ({ rows, created, updated, unchanged, rejected }: Awaited<ReturnType<typeof take>>) => [
  rows,
  created,
  updated,
  unchanged,
  rejected,
];

describeEngines('importing customers', (open) => {
  test('creates, updates and leaves alone, and counts each row once', async () => {
    const database = await open();
    const csv = 'customer_id,email,tier,city\n1,a@example.com,gold,Ghent\n2,b@example.com,,\n';
    expect(counts(await take(database, csv))).toEqual([2, 2, 0, 0, 0]);
    expect(counts(await take(database, csv))).toEqual([2, 0, 0, 2, 0]);
    const changed = await take(database, csv.replace('gold', 'silver').replace('Ghent', 'Gent'));
    expect(counts(changed)).toEqual([2, 0, 1, 1, 0]);
    expect(changed.updated_fields).toEqual({ tier: 1, 'attributes.city': 1 });
    expect(await all(database)).toMatchObject([
      {
        customer_id: '1',
        email: 'a@example.com',
        tier: 'silver',
        attributes: { city: 'Gent' },
        consent: 'unknown',
      },
      { customer_id: '2', tier: null, attributes: {} },
    ]);
  });

  test('counts disposable and role addresses, and suggests domains', async () => {
    const database = await open();
    const csv =
      'customer_id,email\n1,a@gmial.com\n2,b@gmial.com\n3,c@mailinator.com\n4,info@example.com\n5,d@hotmial.com\n';
    expect((await take(database, csv)).addresses).toEqual({
      disposable: 1,
      role: 1,
      suggestions: [
        { domain: 'gmial.com', suggestion: 'gmail.com', rows: 2 },
        { domain: 'hotmial.com', suggestion: 'hotmail.com', rows: 1 },
      ],
    });
  });

  test('an absent column keeps what is known, an empty cell clears it', async () => {
    const database = await open();
    await take(database, 'customer_id,email,tier,phone,city,age\n1,a@example.com,gold,+31,Ghent,9\n');
    await take(database, 'customer_id,email,tier,city\n1,a@example.com,NULL,\n');
    expect(await all(database)).toMatchObject([{ tier: null, phone: '+31', attributes: { age: '9' } }]);
  });

  test('reads every kind of value', async () => {
    const database = await open();
    const csv = `customer_id;email;first_name;locale;timezone;joined_at;consent;consent_at;country;total_bookings;total_spend
1; Jan+x@GMAIL.com ;Zoe\u0308;nl_nl;Europe/Amsterdam;21-08-2013;ja;2024-01-01 10:00;NA;3;€ 1.234,56
`;
    expect((await take(database, csv, { timezone: 'Europe/Amsterdam' })).rejected).toBe(0);
    expect(await all(database)).toMatchObject([
      {
        email: 'Jan+x@gmail.com',
        first_name: 'Zoë',
        locale: 'nl-NL',
        joined_at: '2013-08-20T22:00:00.000Z',
        consent: 'granted',
        consent_at: '2024-01-01T09:00:00.000Z',
        country: 'NA',
        total_bookings: 3,
        total_spend: '1234.56',
      },
    ]);
    const row = await database.queries
      .selectFrom('customers')
      .select('address_key')
      .executeTakeFirstOrThrow();
    expect(row.address_key).toBe('jan@gmail.com');
  });

  test('reads values as a locale writes them, and texts that mean nothing as told', async () => {
    const database = await open();
    const csv =
      'customer_id;email;joined_at;total_spend;tier;city\n1;a@example.com;01/02/2026;1.234;onbekend;onbekend\n2;b@example.com;1 maart 2026;12,-;gold;Gent\n3;c@example.com;46054;1,5;;\n';
    const result = await take(database, csv, { dateOrder: 'dmy', decimalMark: ',', nothing: ['onbekend'] });
    expect(result.rejected_columns).toEqual({});
    expect(
      (await all(database)).map((row) => [row['joined_at'], row['total_spend'], row['tier'], row.attributes]),
    ).toEqual([
      ['2026-02-01T00:00:00.000Z', '1234.00', null, {}],
      ['2026-03-01T00:00:00.000Z', '12.00', 'gold', { city: 'Gent' }],
      ['2026-02-01T00:00:00.000Z', '1.50', null, {}],
    ]);
  });

  test('takes the number of the line for an id, also from a mended rejects file', async () => {
    const database = await open();
    const options = { map: ['#=customer_id'] };
    const csv = 'email,city\na@example.com,Gent\n\nbad,"Den\nHaag"\nc@example.com,Delft\n';
    expect(counts(await take(database, csv, options))).toEqual([3, 2, 0, 0, 1]);
    const rejects = readFileSync(join(folder, 'rejects.csv'), 'utf8');
    expect(counts(await take(database, rejects.replace(/bad(?=,"Den)/, 'b@example.com'), options))).toEqual([
      1, 1, 0, 0, 0,
    ]);
    expect((await all(database)).map((row) => row.customer_id)).toEqual(['2', '4', '6']);
    expect(counts(await take(database, csv, options))).toEqual([3, 0, 0, 2, 1]);
  });

  test('refuses bad rows one by one with line, column and reason, and takes them in once mended', async () => {
    const database = await open();
    const csv =
      'customer_id,email,joined_at\n1,a@example.com,2026-01-01\n2,nobody,2026-01-01\n,c@example.com,\n4,d@example.com,01/02/2026\n5,e@example.com\n6,"f@example.com,\n';
    const result = await take(database, csv);
    expect(counts(result)).toEqual([6, 1, 0, 0, 5]);
    expect(result.rejects_file).toBe(join(folder, 'rejects.csv'));
    const rejects = readFileSync(join(folder, 'rejects.csv'), 'utf8');
    expect(rejects.split('\n').slice(0, 4)).toEqual([
      'line,column,reason,customer_id,email,joined_at',
      '3,email,"""nobody"" is not an e-mail address",2,nobody,2026-01-01',
      '4,customer_id,customer_id is empty,,c@example.com,',
      '5,joined_at,"""01/02/2026"" may be day first or month first: say --date-order dmy or mdy",4,d@example.com,01/02/2026',
    ]);
    const mended = rejects
      .replace('2,nobody', '2,b@example.com')
      .replace(',,c@', ',3,c@')
      .replace('5,e@example.com', '5,e@example.com,')
      .replace('6,"f@', '6,f@');
    expect(counts(await take(database, mended, { dateOrder: 'dmy' }))).toEqual([5, 5, 0, 0, 0]);
    expect((await all(database)).map((row) => [row.customer_id, row['joined_at']])).toEqual([
      ['1', '2026-01-01T00:00:00.000Z'],
      ['2', '2026-01-01T00:00:00.000Z'],
      ['3', null],
      ['4', '2026-02-01T00:00:00.000Z'],
      ['5', null],
      ['6', null],
    ]);
    expect((await all(database)).every((row) => Object.keys(row.attributes).length === 0)).toBe(true);
  });

  test('writes no rejects file when nothing was refused, and replaces no file that is none', async () => {
    const database = await open();
    expect((await take(database, 'customer_id,email\n1,a@example.com\n')).rejects_file).toBeNull();
    expect(await readdir(folder)).toEqual([]);
    await writeFile(join(folder, 'rejects.csv'), 'my own notes\n');
    await expect(take(database, 'customer_id,email\n1,bad\n')).rejects.toMatchObject({
      code: 'output_exists',
    });
    expect(readFileSync(join(folder, 'rejects.csv'), 'utf8')).toBe('my own notes\n');
  });

  test('a dry run counts exactly and changes nothing', async () => {
    const database = await open();
    await take(database, 'customer_id,email\n1,a@example.com\n');
    const before = await all(database);
    const result = await take(database, 'customer_id,email\n1,b@example.com\n2,c@example.com\n3,bad\n', {
      dryRun: true,
    });
    expect([counts(result), result.dry_run, result.rejects_file]).toEqual([[3, 1, 1, 0, 1], true, null]);
    expect(await all(database)).toEqual(before);
    expect(await readdir(folder)).toEqual([]);
    expect(await database.queries.selectFrom('imports').selectAll().execute()).toHaveLength(1);
  });

  test('rows of the same customer in one file apply one after the other', async () => {
    const database = await open();
    const result = await take(
      database,
      'customer_id,email,tier\n1,a@example.com,gold\n1,a@example.com,silver\n1,a@example.com,silver\n',
    );
    expect(counts(result)).toEqual([3, 1, 1, 1, 0]);
    expect(await all(database)).toMatchObject([{ tier: 'silver' }]);
  });

  test('skips or refuses customers that exist, as asked', async () => {
    const database = await open();
    await take(database, 'customer_id,email\n1,a@example.com\n');
    const csv = 'customer_id,email\n2,b@example.com\n1,changed@example.com\n';
    expect(counts(await take(database, csv, { onConflict: 'skip' }))).toEqual([2, 1, 0, 1, 0]);
    await expect(take(database, `${csv}3,c@example.com\n`, { onConflict: 'fail' })).rejects.toMatchObject({
      code: 'already_exists',
    });
    expect((await all(database)).map((row) => [row.customer_id, row['email']])).toEqual([
      ['1', 'a@example.com'],
      ['2', 'b@example.com'],
    ]);
  });

  test('an undated or older row never turns withdrawn into granted', async () => {
    const database = await open();
    const csv = (consent: string, at: string) =>
      `customer_id,email,consent,consent_at\n1,a@example.com,${consent},${at}\n`;
    const consent = async () => (await all(database))[0]?.['consent'];
    await take(database, csv('withdrawn', '2026-02-01'));
    await take(database, csv('granted', ''));
    expect(await consent()).toBe('withdrawn');
    await take(database, csv('granted', '2026-01-31'));
    expect(await consent()).toBe('withdrawn');
    await take(database, csv('', ''));
    expect(await consent()).toBe('withdrawn');
    await take(database, csv('granted', '2026-02-02'));
    expect(await consent()).toBe('granted');
  });

  test('who was erased stays erased', async () => {
    const database = await open();
    await take(database, 'customer_id,email\n1,a@example.com\n');
    await database.queries
      .updateTable('customers')
      .set({ email: null, address_key: null, erased_at: NOW })
      .execute();
    const result = await take(database, 'customer_id,email\n1,a@example.com\n');
    expect([counts(result), result.erased]).toEqual([[1, 0, 0, 1, 0], 1]);
    expect(await all(database)).toMatchObject([{ email: null }]);
  });

  test('reports customers that the file does not have', async () => {
    const database = await open();
    await take(database, 'customer_id,email\n1,a@example.com\n2,b@example.com\n3,c@example.com\n');
    const result = await take(database, 'customer_id,email\n2,b@example.com\n4,d@example.com\n', {
      reportMissing: true,
    });
    expect(result.missing).toEqual({ count: 2, customer_ids: ['1', '3'] });
  });

  test('an interrupted import leaves nothing', async () => {
    const database = await open();
    await expect(
      take(database, 'customer_id,email\n1,a@example.com\n2,bad\n', {}, AbortSignal.abort()),
    ).rejects.toMatchObject({ code: 'interrupted' });
    expect(await all(database)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('an input that breaks off leaves nothing', async () => {
    const database = await open();
    const broken = async function* () {
      yield Buffer.from(`customer_id,email\n${'1,a@example.com\n'.repeat(20_000)}`);
      throw new Error('the disk is gone');
    };
    const options = {
      file: '-',
      map: [],
      onConflict: 'update',
      rejectsPath: undefined,
      reportMissing: false,
      timezone: 'UTC',
      dryRun: false,
    } as const;
    const dependencies = {
      clock: clockAt(NOW),
      run: { id: null, operator: 'test' },
      signal: new AbortController().signal,
    };
    await expect(importCustomers(database, Readable.from(broken()), options, dependencies)).rejects.toThrow(
      'the disk is gone',
    );
    expect(await all(database)).toEqual([]);
  });

  test('what is exported imports again as the same', async () => {
    const database = await open();
    await take(
      database,
      'customer_id,email,first_name,phone,total_spend,consent,consent_at,note\n=1,a@example.com,"O\'Neill, ""Jr""",+31 6,-5.10,withdrawn,2026-01-01,\'\'=cmd\n',
    );
    const { formatCsvRow } = await import('../csv/format-csv.ts');
    const [row] = await all(database);
    const { attributes = {}, ...fields } = row ?? {};
    const flat = { ...fields, 'attributes.note': attributes['note'] } as Record<string, string>;
    const names = Object.keys(flat).filter(
      (name) => !['source', 'erased_at', 'created_at', 'updated_at'].includes(name),
    );
    const csv = formatCsvRow(names) + formatCsvRow(names.map((name) => flat[name]));
    expect(attributes['note']).toBe("'=cmd");
    expect(csv).toContain("''=cmd");
    expect(counts(await take(database, csv))).toEqual([1, 0, 0, 1, 0]);
  });

  test('takes the shipped customers but for their five bad rows', async () => {
    const database = await open();
    const fixture = readFileSync(join(import.meta.dirname, '../../../fixtures/customers.csv'), 'utf8');
    expect(counts(await take(database, fixture))).toEqual([2_005, 2_000, 0, 0, 5]);
    expect(counts(await take(database, fixture))).toEqual([2_005, 0, 0, 2_000, 5]);
  });

  test.skipIf(!existsSync(SHARED))(
    'takes the agency export with two columns mapped (skipped without ../shared/data)',
    async () => {
      const database = await open();
      const lines = readFileSync(join(SHARED, 'agency/bookings.csv'), 'utf8').split('\n').slice(0, 3_000);
      const csv = lines
        .map((line, index) =>
          index === 0 ? `${line},mail` : line === '' ? '' : `${line},u${index}@example.com`,
        )
        .join('\n');
      const result = await take(database, csv, { map: ['BookingID=customer_id', 'mail=email'] });
      expect(result.mapping).toMatchObject({
        column_1: null,
        BookingID: 'customer_id',
        ProviderID: 'attributes.ProviderID',
      });
      expect(result.rejected).toBe(0);
    },
  );
});
