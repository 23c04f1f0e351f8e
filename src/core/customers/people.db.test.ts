import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { searchDatabase } from '../../../test/search-database.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import { deliveryReference } from '../delivery/delivery-reference.ts';
import { createKeyring, hashAddress } from '../settings/keyring.ts';
import { findSuppressed } from '../suppressions/find-suppressed.ts';
import { suppressAddresses } from '../suppressions/suppress-addresses.ts';
import { createUnsubscribeToken } from '../suppressions/unsubscribe-token.ts';
import { eraseCustomers } from './erase-customers.ts';
import { findOrCreateBookers } from './find-or-create-bookers.ts';
import { findPeople } from './find-people.ts';
import { importCustomers } from './import-customers.ts';
import { readNamesFile } from './read-names-file.ts';
import { showCustomer } from './show-customer.ts';
import { suppressPeople, unsubscribePeople, unsuppressPeople } from './suppress-people.ts';

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

const find = (
  database: Database,
  typed: readonly string[],
  more: Partial<Parameters<typeof findPeople>[1]> = {},
  allowStrangers = true,
) =>
  findPeople(
    database.queries,
    { typed, listed: [], where: [], ...more },
    { ...options, keyring, allowStrangers },
  );

const suppressed = (database: Database, ...keys: string[]) => findSuppressed(database.queries, keyring, keys);

const named = (...names: readonly string[]) => names.map((name) => ({ name }));

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
    const ids = async (...args: Parameters<typeof find> extends [Database, ...infer Rest] ? Rest : never) =>
      (await find(database, ...args)).people.map((person) => person.customer_id);
    expect(await ids(['b'])).toEqual(['b']);
    expect(await ids(['ANNA@example.com'])).toEqual(['a', 'c']);
    expect(await ids([createUnsubscribeToken(keyring, await keyOf(database, 'b'))])).toEqual(['b']);
    expect(await ids([], { where: ['tier = gold'] })).toEqual(['a']);
    expect(await ids(['b', 'a', 'a'])).toEqual(['a', 'b']);
  });

  test('refuses a typed name that nobody has, and counts those of a file', async () => {
    const database = await given(open);
    await expect(find(database, ['zz'])).rejects.toMatchObject({ code: 'not_found' });
    await expect(find(database, ['no@example.com'], {}, false)).rejects.toMatchObject({ code: 'not_found' });
    await expect(find(database, [])).rejects.toMatchObject({ code: 'usage' });
    const found = await find(database, [], { listed: named('a', 'zz', 'no@example.com') });
    expect([found.people.length, found.strangers, found.notFound]).toEqual([1, ['no@example.com'], 1]);
  });

  test('reads names from a CSV with a header in any language, or from a plain list', async () => {
    const read = async (text: string) =>
      (await readNamesFile(Readable.from([Buffer.from(text)]))).map(({ name }) => name);
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
    expect(await readNamesFile(Readable.from([file]), reading)).toEqual([{ name: 'ä' }]);
  });

  test('takes the address of a row whose id is of another system, where strangers are fine', async () => {
    const database = await given(open);
    const text =
      'LEID,Email Address\n301,anna@example.com\n302,cleo@example.net\n302,cleo.2@example.net\nb,else@example.net\n,d@example.net\n';
    const listed = await readNamesFile(Readable.from([Buffer.from(text)]));
    const found = await find(database, [], { listed });
    expect(found.people.map((person) => person.customer_id)).toEqual(['a', 'b', 'c']);
    expect(new Set(found.strangers)).toEqual(
      new Set(['cleo@example.net', 'cleo.2@example.net', 'd@example.net']),
    );
    expect(found.notFound).toBe(0);
    const known = await find(database, [], { listed }, false);
    expect([known.people.map((person) => person.customer_id), known.notFound]).toEqual([['b'], 3]);
  });
});

describeEngines('suppressing people', (open) => {
  test('keeps a hash of each address, customer or not, and nothing else', async () => {
    const database = await given(open);
    const result = await suppressPeople(
      database,
      dependencies,
      await find(database, ['a', 'stranger@example.net']),
    );
    expect(result).toMatchObject({ customers: 1, suppressed: 2, already: 0 });
    expect(await suppressed(database, 'anna@example.com', 'bob@example.com', 'stranger@example.net')).toEqual(
      new Set(['anna@example.com', 'stranger@example.net']),
    );
    const rows = await database.queries.selectFrom('suppressions').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('example');
    expect(await suppressPeople(database, dependencies, await find(database, ['c']))).toMatchObject({
      suppressed: 0,
      already: 1,
    });
  });

  test('finds what was suppressed under an older secret, and takes it away', async () => {
    const database = await given(open);
    await suppressPeople(database, dependencies, await find(database, ['a']));
    const rotated = createKeyring(['the next secret, also long enough', keyring.current.secret]);
    expect(await findSuppressed(database.queries, rotated, ['anna@example.com'])).toEqual(
      new Set(['anna@example.com']),
    );
    const counts = await suppressAddresses(database.queries, { clock, run, keyring: rotated }, [
      { address_key: 'anna@example.com', reason: 'manual', source: 'test' },
    ]);
    expect(counts).toEqual({ suppressed: 0, already: 1 });
    const result = await unsuppressPeople(
      database,
      { ...dependencies, keyring: rotated },
      await find(database, ['a']),
    );
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
    const found = await find(database, [], { listed: named(...addresses, 'a') });
    expect([found.people.length, found.strangers.length]).toEqual([1, 12_001]);
    expect(await suppressPeople(database, dependencies, found)).toMatchObject({
      suppressed: 1,
      already: 12_001,
    });
    const lifted = await unsuppressPeople(database, dependencies, found);
    expect(lifted).toMatchObject({ unsuppressed: 12_002 });
    expect(await suppressed(database, ...addresses)).toEqual(new Set());
  });

  test('a list that is stopped half-way is taken back', async () => {
    const database = await given(open);
    const found = await find(database, [], { listed: named('a', 'b', 'new@example.org') });
    const onProgress = (): never => {
      throw new RangeError('stopped');
    };
    for (const change of [suppressPeople, unsubscribePeople]) {
      await expect(change(database, { ...dependencies, onProgress }, found)).rejects.toThrow('stopped');
    }
    const erasing = { ...dependencies, onProgress, outbox: '/nowhere' };
    await expect(eraseCustomers(database, erasing, found)).rejects.toThrow('stopped');
    expect(await suppressed(database, 'anna@example.com', 'new@example.org')).toEqual(new Set());
    const people = await find(database, ['a', 'b']);
    expect(people.people.map(({ erased_at }) => erased_at)).toEqual([null, null]);
  });

  test('unsubscribing withdraws consent, which no undated import gives back', async () => {
    const database = await given(open);
    const result = await unsubscribePeople(
      database,
      dependencies,
      await find(database, ['anna@example.com']),
    );
    expect(result).toMatchObject({ customers: 2, withdrawn: 2, suppressed: 1 });
    expect(await unsubscribePeople(database, dependencies, await find(database, ['a']))).toMatchObject({
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
    const dry = { ...dependencies, dryRun: true };
    expect(await unsubscribePeople(database, dry, await find(database, ['a']))).toMatchObject({
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
    const found = await find(database, ['a'], {}, false);

    const dry = await eraseCustomers(database, { ...dependencies, outbox, dryRun: true }, found);
    expect(dry).toMatchObject({ erased: 1, deliveries: 1, bookings: 1 });
    expect(existsSync(mail)).toBe(true);

    const result = await eraseCustomers(database, { ...dependencies, outbox }, found);
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
    expect(
      await eraseCustomers(database, { ...dependencies, outbox }, await find(database, ['a'], {}, false)),
    ).toMatchObject({ erased: 0, already: 1 });
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

    const found = await find(database, [], { listed: named('q-1', 'quixotina.2@example.org') }, false);
    expect(await eraseCustomers(database, { ...dependencies, outbox }, found)).toMatchObject({
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
