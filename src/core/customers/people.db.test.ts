import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { searchDatabase } from '../../../test/search-database.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import { deliveryReference } from '../delivery/delivery-reference.ts';
import type { OnProgress } from '../progress.ts';
import { createKeyring, hashAddress } from '../settings/keyring.ts';
import { findSuppressed } from '../suppressions/find-suppressed.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { createUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import { eraseCustomers } from './erase-customers.ts';
import { findOrCreateBookers } from './find-or-create-bookers.ts';
import { importCustomers } from './import-customers.ts';
import { readAddresses, readPeople } from './named-pages.ts';
import type { PeopleNames } from './people-names.ts';
import { type ListedName, readNamesFile } from './read-names-file.ts';
import { showCustomer } from './show-customer.ts';
import { suppressPeople, unsubscribePeople, unsuppressPeople } from './suppress-people.ts';
import { type NamedPeople, type NamingOptions, usingNamedPeople } from './using-named-people.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const clock = clockAt(NOW);
const run = { id: null, operator: 'test' };
const keyring = createKeyring(['a secret of this test, long enough']);
const dependencies = { clock, run, keyring, dryRun: false };
const options = { now: NOW, timezone: undefined, allowStrangers: true };

const CSV = `customer_id,email,first_name,phone,consent,consent_at,tier,region
a,anna@example.com,Anna,+31 6 1111,granted,2026-01-01,gold,North
b,Bob@example.com,Bob,,granted,2026-01-01,,South
c,anna@EXAMPLE.com,Anna too,,granted,2026-01-01,,
`;

const REST = { reportMissing: false, timezone: 'UTC', dryRun: false } as const;
const ERASED = `customer_id,email,first_name,last_name,phone,consent,locale,timezone,note
q-1,Quixotina.Zwärt@example.com,Quixotina,Zwärt,+31 6 98765432,granted,fy-NL,Europe/Vaduz,likes quibberdick
q-2,quixotina.2@example.org,Quixotina,Zwärt,+31 6 98765433,,,,
`.replace('Zwärt@', 'zwart@');
const VALUES = [
  ...['quixotina', 'Zwärt', 'zwart@example.com', 'quixotina.before', 'quixotina.2@', '9876543'],
  ...['fy-NL', 'Europe/Vaduz', 'quibberdick'],
];

async function given(open: () => Promise<Database>): Promise<Database> {
  const database = await open();
  await importCustomers(
    database,
    Readable.from([Buffer.from(CSV)]),
    {
      file: 'x',
      map: [],
      onConflict: 'update',
      rejectsPath: undefined,
      reportMissing: false,
      timezone: 'UTC',
      dryRun: false,
    },
    { clock, run, signal: new AbortController().signal },
  );
  return database;
}

/** Lends whom these names mean to `work`. */
const using = <T>(
  database: Database,
  typed: readonly string[],
  work: (database: Database, found: NamedPeople) => Promise<T>,
  { listed = [], where = [], ...more }: Partial<PeopleNames & NamingOptions> = {},
) => usingNamedPeople(database, { typed, listed, where }, { ...options, keyring, ...more }, work);

/** Whom these names mean, and at which addresses. */
const find = (
  database: Database,
  typed: readonly string[],
  more: Partial<PeopleNames & NamingOptions> = {},
) =>
  using(
    database,
    typed,
    async ({ queries }, found) => {
      const people = (await Array.fromAsync(readPeople(queries, found))).flat();
      const ids = people.map((person) => person.customer_id).sort();
      expect(found.customers).toBe(ids.length);
      expect(found.only).toBe(ids.length === 1 ? ids[0] : undefined);
      const addresses = new Set((await Array.fromAsync(readAddresses(queries, found))).flat());
      return { ids, addresses: [...addresses].sort(), notFound: found.notFound };
    },
    more,
  );

type More = Partial<PeopleNames & NamingOptions & typeof dependencies & { readonly onProgress: OnProgress }>;

/** A change to whom these names mean. */
const changing =
  <Dependencies extends object, Result>(
    change: (database: Database, dependencies: Dependencies, found: NamedPeople) => Promise<Result>,
    given: Dependencies,
    naming: Partial<NamingOptions> = {},
  ) =>
  (database: Database, typed: readonly string[], more: More = {}) =>
    using(database, typed, (own, found) => change(own, { ...given, ...more }, found), { ...naming, ...more });

const suppress = changing(suppressPeople, dependencies);
const unsuppress = changing(unsuppressPeople, dependencies);
const unsubscribe = changing(unsubscribePeople, dependencies);
const erase = (outbox: string) =>
  changing(eraseCustomers, { ...dependencies, outbox }, { allowStrangers: false });

const suppressed = (database: Database, ...keys: string[]) => findSuppressed(database.queries, keyring, keys);

const named = (...names: readonly string[]) => [names.map((name) => ({ name }))];

const readNames = (text: string) => Array.fromAsync(readNamesFile(Readable.from([Buffer.from(text)])));

const stopAfter = (times: number): OnProgress => {
  let told = 0;
  return () => {
    if (told === times) throw new RangeError('stopped');
    told += 1;
  };
};

/** What changes may touch. */
const everything = ({ queries }: Database) =>
  Promise.all([
    queries.selectFrom('customers').selectAll().orderBy('id').execute(),
    queries.selectFrom('suppressions').selectAll().orderBy('id').execute(),
    queries.selectFrom('audit_log').selectAll().orderBy('sequence').execute(),
  ]);

async function listTemporaryTables({ engine, queries }: Database): Promise<string[]> {
  const { rows } =
    engine === 'sqlite'
      ? await sql<{ name: string }>`select name from sqlite_temp_schema where type = 'table'`.execute(queries)
      : await sql<{ name: string }>`select relname as name from pg_class where relpersistence = 't'`.execute(
          queries,
        );
  return rows.map(({ name }) => name);
}

const keyOf = async (database: Database, customerId: string) =>
  (
    await database.queries
      .selectFrom('customers')
      .select('id')
      .where('customer_id', '=', customerId)
      .executeTakeFirstOrThrow()
  ).id;

describeEngines('naming people', (open) => {
  test('finds them by id, by address with all who share it, by link and by condition', async () => {
    const database = await given(open);
    const ids = async (typed: string[], more: Partial<PeopleNames> = {}) =>
      (await find(database, typed, more)).ids;
    expect(await ids(['b'])).toEqual(['b']);
    expect(await ids(['ANNA@example.com'])).toEqual(['a', 'c']);
    expect(await ids([createUnsubscribeToken(keyring, await keyOf(database, 'b'))])).toEqual(['b']);
    expect(await ids([], { where: ['tier = gold'] })).toEqual(['a']);
    expect(await ids(['b', 'a', 'a'])).toEqual(['a', 'b']);
  });

  test('refuses a typed name that nobody has, and counts those of a file', async () => {
    const database = await given(open);
    await expect(find(database, ['zz'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(find(database, ['no@example.com'], { allowStrangers: false })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(find(database, [])).rejects.toMatchObject({ code: 'usage' });
    expect(await find(database, [], { listed: named('a', 'zz', 'no@example.com') })).toEqual({
      ...{ ids: ['a'], addresses: ['anna@example.com', 'no@example.com'], notFound: 1 },
    });
  });

  test('reads names from a CSV with a header in any language, or from a plain list', async () => {
    const read = async (text: string) => (await readNames(text)).flat().map(({ name }) => name);
    expect(await read('Naam;Klantnummer\nJan;a\nPiet;b\n')).toEqual(['a', 'b']);
    expect(await read('E-mailadres\na@example.com\n')).toEqual(['a@example.com']);
    expect(await read('C-1\nC-2\n')).toEqual(['C-1', 'C-2']);
  });

  test('reads a file of names as it is told to, and takes nothing for nobody', async () => {
    const file = Buffer.from(
      'Liste\nStand: heute\nKunde|Kundennummer\nZo\xeb|\xe4\nX|weg\nY|NULL\n',
      'latin1',
    );
    const reading = { delimiter: '|', encoding: 'windows-1252', headerLine: 3, nothing: ['weg'] };
    const names = await Array.fromAsync(readNamesFile(Readable.from([file]), reading));
    expect(names.flat()).toEqual([{ name: 'ä' }]);
  });

  test('takes the address of a row whose id is of another system, where strangers are fine', async () => {
    const database = await given(open);
    const text =
      'LEID,Email Address\n301,anna@example.com\n302,cleo@example.net\n302,cleo.2@example.net\nb,else@example.net\n,d@example.net\n';
    const listed = await readNames(text);
    const strangers = ['cleo.2@example.net', 'cleo@example.net', 'd@example.net'];
    expect(await find(database, [], { listed })).toEqual({
      ids: ['a', 'b', 'c'],
      addresses: ['anna@example.com', 'bob@example.com', ...strangers],
      notFound: 0,
    });
    const known = await find(database, [], { listed, allowStrangers: false });
    expect([known.ids, known.notFound]).toEqual([['b'], 3]);
  });
});

const KNOWN = { a: 'anna@example.com', b: 'bob@example.com', c: 'anna@example.com' } as const;
const ADDRESSES = [
  ...['anna@example.com', 'ANNA@example.com', 'bob@example.com', 'new@example.net', 'New@Example.NET'],
  ...['suppressed@example.net', 'else@example.net'],
];
const listedName = fc.oneof(
  fc.constantFrom(...ADDRESSES).map((name): ListedName => ({ name })),
  fc.record<ListedName>({ name: fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z') }),
  fc.record<ListedName>({
    name: fc.constantFrom('a', 'b', 'x', 'y', 'z'),
    address: fc.constantFrom(...ADDRESSES, 'no address'),
  }),
);
const batches = fc
  .array(fc.array(listedName, { maxLength: 6 }), { maxLength: 4 })
  .filter((listed) => listed.flat().length > 0);

/** Whom a list means, put another way. */
function expectedOf(names: readonly ListedName[], allowStrangers: boolean) {
  const known = Object.entries(KNOWN);
  const isKnown = (name: string) => known.some(([id]) => id === name);
  const keyOfName = (text: string) => (text.includes('@') ? text.toLowerCase() : undefined);
  const named = names.flatMap(({ name, address = '' }) => {
    const other = allowStrangers && !isKnown(name) ? keyOfName(address) : undefined;
    return keyOfName(name) ?? other ?? [];
  });
  const byId = names.map(({ name }) => name).filter((name) => !name.includes('@'));
  const found = known.filter(([id, address]) => byId.includes(id) || named.includes(address));
  const unknown = byId.filter(
    (id) =>
      !isKnown(id) &&
      !(allowStrangers && names.some((row) => row.name === id && keyOfName(row.address ?? ''))),
  );
  const nobody = named.filter((address) => !known.some(([, own]) => own === address));
  return {
    ids: found.map(([id]) => id),
    addresses: [...new Set([...named, ...found.map(([, address]) => address)])].sort(),
    notFound: new Set([...unknown, ...(allowStrangers ? [] : nobody)]).size,
  };
}

describeEngines('a list of names', (open) => {
  test('means the same people, and changes the same, in pages of any size', async () => {
    const database = await given(open);
    await suppress(database, ['suppressed@example.net', 'b']);
    await fc.assert(
      fc.asyncProperty(batches, fc.integer({ min: 1, max: 3 }), async (listed, pageSize) => {
        for (const allowStrangers of [true, false]) {
          const found = await find(database, [], { listed, pageSize, allowStrangers });
          expect(found).toEqual(expectedOf(listed.flat(), allowStrangers));
        }
        for (const change of [suppress, unsuppress, unsubscribe, erase('/nowhere')]) {
          const dry = { listed, dryRun: true };
          const paged = await change(database, [], { ...dry, pageSize });
          expect(paged).toEqual(await change(database, [], dry));
        }
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  test('counts each name and each address once, on whichever pages they are', async () => {
    const database = await given(open);
    const listed = [
      ...named('x', 'b', 'new@example.org'),
      ...named('anna@example.com', 'x'),
      ...named('NEW@example.org', 'a', 'c', 'b'),
    ];
    const counts = { customers: 3, without_address: 0, not_found: 1, dry_run: false };
    const more = { listed, pageSize: 1 };
    // They share an address, which is not named itself.
    expect(
      await suppress(database, [], { listed: named('a', 'c'), pageSize: 1, dryRun: true }),
    ).toMatchObject({
      ...{ customers: 2, suppressed: 1, already: 0 },
    });
    expect(await suppress(database, [], more)).toEqual({ ...counts, suppressed: 3, already: 0 });
    expect(await unsubscribe(database, [], more)).toEqual({
      ...{ ...counts, suppressed: 0, already: 3, withdrawn: 3 },
    });
    expect(await unsuppress(database, [], more)).toMatchObject({ customers: 3, unsuppressed: 3 });
    expect(await erase('/nowhere')(database, [], more)).toMatchObject({
      ...{ erased: 3, already: 0, suppressed: 2, not_found: 2 },
    });
  });
});

describeEngines('suppressing people', (open) => {
  test('keeps a hash of each address, customer or not, and nothing else', async () => {
    const database = await given(open);
    const result = await suppress(database, ['a', 'stranger@example.net']);
    expect(result).toMatchObject({ customers: 1, suppressed: 2, already: 0 });
    expect(await suppressed(database, 'anna@example.com', 'bob@example.com', 'stranger@example.net')).toEqual(
      new Set(['anna@example.com', 'stranger@example.net']),
    );
    const rows = await database.queries.selectFrom('suppressions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('example');
    expect(await suppress(database, ['c'])).toMatchObject({
      suppressed: 0,
      already: 1,
    });
  });

  test('finds what was suppressed under an older secret, and takes it away', async () => {
    const database = await given(open);
    await suppress(database, ['a']);
    const rotated = createKeyring(['the next secret, also long enough', keyring.current.secret]);
    expect(await findSuppressed(database.queries, rotated, ['anna@example.com'])).toEqual(
      new Set(['anna@example.com']),
    );
    const counts = await suppressAddresses(database.queries, { clock, run, keyring: rotated }, [
      { address_key: 'anna@example.com', reason: 'manual', source: 'test' },
    ]);
    expect(counts).toEqual({ suppressed: 0, already: 1 });
    expect(await suppress(database, ['a'], { keyring: rotated })).toMatchObject({
      suppressed: 0,
      already: 1,
    });
    const result = await unsuppress(database, ['a'], { keyring: rotated });
    expect(result.unsuppressed).toBe(1);
    expect(await suppressed(database, 'anna@example.com')).toEqual(new Set());
  });

  test('long lists are looked up and changed in steps, which tell how far they are; the first reason stays', async () => {
    const database = await given(open);
    const addresses = Array.from({ length: 12_001 }, (_, at) => `stranger-${at}@example.org`);
    const entries = addresses.map((address_key) => ({ address_key, reason: 'manual', source: 'a' }) as const);
    const told: string[] = [];
    const onProgress = (done: number, total?: number): number => told.push(`${done} of ${total}`);
    const again = entries.slice(0, 1).map((entry) => ({ ...entry, source: 'b' }));
    const counts = await database.transaction((transaction) =>
      suppressAddresses(transaction, { clock, run, keyring, onProgress }, [...entries, ...again]),
    );
    expect(counts).toEqual({ suppressed: 12_001, already: 0 });
    expect(told).toEqual(['5000 of 12001', '10000 of 12001', '12001 of 12001']);
    const sources = await database.queries.selectFrom('suppressions').select('source').distinct().execute();
    expect(sources).toEqual([{ source: 'a' }]);
    const listed = named(...addresses, 'a');
    const found = await find(database, [], { listed });
    expect([found.ids, found.addresses.length]).toEqual([['a'], 12_002]);
    told.length = 0;
    const dependingOn = { listed, onProgress, pageSize: 5_000 };
    expect(await suppress(database, [], dependingOn)).toMatchObject({ suppressed: 1, already: 12_001 });
    expect(await unsuppress(database, [], dependingOn)).toMatchObject({ unsuppressed: 12_002 });
    const steps = ['5000 of 12002', '10000 of 12002', '12002 of 12002'];
    expect(told).toEqual([...steps, ...steps]);
    expect(await suppressed(database, ...addresses)).toEqual(new Set());
  });

  test('a list that is stopped half-way is taken back', async () => {
    const database = await given(open);
    const listed = named('a', 'b', 'c', 'new@example.org', 'bob@example.com');
    await suppress(database, ['b']);
    const before = await everything(database);
    for (const change of [suppress, unsuppress, unsubscribe, erase('/nowhere')]) {
      for (let after = 0; after < 3; after += 1) {
        const onProgress = stopAfter(after);
        await expect(change(database, [], { listed, onProgress, pageSize: 1 })).rejects.toThrow('stopped');
        expect(await everything(database)).toEqual(before);
        expect(await listTemporaryTables(database)).toEqual([]);
      }
    }
  });

  test('unsubscribing withdraws consent, which no undated import gives back', async () => {
    const database = await given(open);
    const result = await unsubscribe(database, ['anna@example.com']);
    expect(result).toMatchObject({ customers: 2, withdrawn: 2, suppressed: 1 });
    expect(await unsubscribe(database, ['a'])).toMatchObject({
      withdrawn: 0,
      already: 1,
    });
    const rows = await database.queries
      .selectFrom('customers')
      .select(['customer_id', 'consent'])
      .orderBy('customer_id')
      .execute();
    expect(rows.map((row) => row.consent)).toEqual(['withdrawn', 'granted', 'withdrawn']);
  });

  test('a dry run counts and keeps nothing', async () => {
    const database = await given(open);
    expect(await unsubscribe(database, ['a'], { dryRun: true })).toMatchObject({
      withdrawn: 1,
      suppressed: 1,
    });
    expect(await suppressed(database, 'anna@example.com')).toEqual(new Set());
  });
});

async function addMail(database: Database, customerRef: number, addressKey: string): Promise<number> {
  const { queries } = database;
  const insert = async <
    Table extends
      | 'contests'
      | 'templates'
      | 'campaigns'
      | 'deliveries'
      | 'bookings'
      | 'events'
      | 'booking_changes',
  >(
    table: Table,
    row: object,
  ) =>
    (await queries
      .insertInto(table)
      .values(row as never)
      .returning('id' as never)
      .executeTakeFirstOrThrow()) as unknown as { id: number };
  const rules = JSON.stringify({ scoring: { cap_per_group: { attribute: 'region', max: 5 } } });
  const contest = await insert('contests', {
    slug: 's',
    name: 's',
    benefit: '',
    description: '',
    status: 'active',
    timezone: 'UTC',
    starts_at: '2026-01-01T00:00:00.000Z',
    ends_at: '2027-01-01T00:00:00.000Z',
    rules,
    rules_sha256: '',
    created_at: NOW,
  });
  const template = await insert('templates', {
    name: 't',
    version: 1,
    sha256: '',
    document: '{}',
    created_at: NOW,
  });
  const campaign = await insert('campaigns', {
    slug: 'c',
    contest_id: contest.id,
    template_id: template.id,
    status: 'sent',
    audience: '[]',
    variants: '[]',
    created_at: NOW,
  });
  const delivery = await insert('deliveries', {
    campaign_id: campaign.id,
    customer_ref: customerRef,
    email: addressKey,
    address_key: addressKey,
    address_hash: hashAddress(keyring.current, addressKey),
    variant: 'a',
    status: 'refused',
    not_before: NOW,
    error: `550 no ${addressKey}`,
    attempts: 1,
  });
  await insert('events', {
    provider_event_id: 'e',
    delivery_id: delivery.id,
    type: 'bounced',
    occurred_at: NOW,
    machine_open: 0,
    url: 'https://example.test/u/x',
    reason: `no such user ${addressKey}`,
    imported_at: NOW,
  });
  const booking = await insert('bookings', {
    source: 'b',
    booking_reference: 'r',
    customer_ref: customerRef,
    amount_minor: 1,
    refunded_minor: 0,
    currency: 'EUR',
    status: 'confirmed',
    booked_at: NOW,
    attributes: JSON.stringify({ guest: 'Anna', hotel: 'H' }),

    created_at: NOW,
  });
  await insert('booking_changes', {
    booking_id: booking.id,
    to_status: 'confirmed',
    changes: JSON.stringify({ email: [null, addressKey], amount: ['1', '2'] }),
    recorded_at: NOW,
  });
  return delivery.id;
}

describeEngines('erasing people', (open) => {
  test('takes every copy away, keeps totals and what leaderboards group by, and suppresses for good', async () => {
    const database = await given(open);
    const outbox = await mkdtemp(join(tmpdir(), 'referral-outbox-'));
    const key = await keyOf(database, 'a');
    const delivery = await addMail(database, key, 'anna.before@example.com');
    const { outboxFile } = await import('../delivery/outbox-transport.ts');
    const mail = outboxFile(outbox, 'c', deliveryReference(await getInstanceId(database.queries), delivery));
    await mkdir(join(mail, '..'), { recursive: true });
    await writeFile(mail, 'To: anna');

    const dry = await erase(outbox)(database, ['a'], { dryRun: true });
    expect(dry).toMatchObject({ erased: 1, deliveries: 1, bookings: 1 });
    expect(existsSync(mail)).toBe(true);

    const result = await erase(outbox)(database, ['a']);
    expect(result).toMatchObject({
      erased: 1,
      already: 0,
      deliveries: 1,
      bookings: 1,
      mails: 1,
      suppressed: 2,
    });
    expect(existsSync(mail)).toBe(false);
    const everything = JSON.stringify(
      await Promise.all(
        (['customers', 'deliveries', 'events', 'bookings', 'booking_changes'] as const).map((table) =>
          database.queries.selectFrom(table).selectAll().execute(),
        ),
      ),
    );
    expect(everything).not.toMatch(/anna\.before|Anna"|1111|guest|"H"/i);
    const booking = await database.queries.selectFrom('bookings').selectAll().executeTakeFirstOrThrow();
    expect(JSON.parse(booking.attributes)).toEqual({ region: 'North' });
    const change = await database.queries
      .selectFrom('booking_changes')
      .select('changes')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(change.changes)).toEqual({ amount: ['1', '2'] });
    expect(await showCustomer(database.queries, key, { keyring, now: NOW, everything: true })).toMatchObject({
      customer_id: 'a',
      email: null,
      tier: 'gold',
      consent: 'withdrawn',
      erased_at: NOW,
      attributes: {},
    });
    expect(await suppressed(database, 'anna@example.com', 'anna.before@example.com')).toHaveLength(2);
    expect(await erase(outbox)(database, ['a'])).toMatchObject({ erased: 0, already: 1 });
    await rm(outbox, { recursive: true });
  });
});

describeEngines('what is left of erased people', (open) => {
  test('is not a byte of their values, in the database, its log or the outbox', async () => {
    const database = await given(open);
    const outbox = await mkdtemp(join(tmpdir(), 'referral-outbox-'));
    await importCustomers(
      database,
      Readable.from([Buffer.from(ERASED)]),
      { ...{ file: 'x', map: [], onConflict: 'update', rejectsPath: undefined }, ...REST },
      { clock, run, signal: new AbortController().signal },
    );
    const delivery = await addMail(database, await keyOf(database, 'q-1'), 'quixotina.before@example.com');
    const { outboxFile } = await import('../delivery/outbox-transport.ts');
    const mail = outboxFile(outbox, 'c', deliveryReference(await getInstanceId(database.queries), delivery));
    await mkdir(join(mail, '..'), { recursive: true });
    await writeFile(mail, 'To: quixotina.before@example.com');
    expect(await searchDatabase(database, VALUES)).toEqual(VALUES);

    const listed = named('q-1', 'quixotina.2@example.org');
    expect(await erase(outbox)(database, [], { listed })).toMatchObject({
      ...{ erased: 2, reclaimed: true, mails: 1 },
    });
    expect(await searchDatabase(database, VALUES)).toEqual([]);
    expect(existsSync(mail)).toBe(false);
    expect(await searchDatabase(database, ['bob@example.com', 'q-1'])).toHaveLength(2);
    await rm(outbox, { recursive: true });
  });
});

describeEngines('finding who booked', (open) => {
  test('by id, by address, else as a new customer, each once', async () => {
    const database = await given(open);
    const bookers = [
      { customer_id: 'b', email: 'other@example.com', booking_reference: '1' },
      { customer_id: null, email: 'ANNA@example.com', booking_reference: '2' },
      { customer_id: 'new', email: 'new@example.com', booking_reference: '3' },
      { customer_id: null, email: 'new@example.com', booking_reference: '4' },
      { customer_id: null, email: 'friend@example.com', booking_reference: '5' },
      { customer_id: null, email: 'Friend@example.com', booking_reference: '6' },
      { customer_id: null, email: null, booking_reference: '7' },
      { customer_id: null, email: 'not an address', booking_reference: '8' },
    ];
    const resolve = () =>
      database.transaction((transaction) => findOrCreateBookers(transaction, clock, bookers));
    const keys = await resolve();
    const rows = await database.queries
      .selectFrom('customers')
      .select(['id', 'customer_id', 'consent', 'source', 'email'])
      .execute();
    const name = (key: number | undefined) => rows.find((row) => row.id === key)?.customer_id;
    expect(keys.map(name)).toEqual(['b', 'a', 'new', 'new', 'b-5', 'b-5', 'b-7', 'b-8']);
    expect(rows.find((row) => row.customer_id === 'b-5')).toMatchObject({
      consent: 'unknown',
      source: 'booking',
      email: 'friend@example.com',
    });
    expect(await resolve()).toEqual(keys);
    expect(await database.transaction((transaction) => findOrCreateBookers(transaction, clock, []))).toEqual(
      [],
    );
  });
});
