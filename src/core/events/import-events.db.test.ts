import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  freeze,
  KEYRING,
  RUN,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { findSuppressed } from '../suppressions/find-suppressed.ts';
import { importEvents } from './import-events.ts';

type Entry = Readonly<Record<string, unknown>>;

describeEngines('the import of events', (open) => {
  async function prepare(): Promise<Database> {
    const database = await open();
    await createAudience(database, 6);
    await createTestCampaign(database, 'launch');
    await freeze(database, 'launch');
    return database;
  }

  const dependencies = { clock: systemClock, keyring: KEYRING, run: RUN, verifyKey: undefined };

  const take = (database: Database, content: string | readonly Entry[], dryRun = false) =>
    importEvents(
      Readable.from([Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))]),
      { ...dependencies, database, dryRun, signal: new AbortController().signal },
    );

  async function instanceOf(database: Database): Promise<string> {
    const row = await database.queries
      .selectFrom('meta')
      .select('value')
      .where('name', '=', 'instance_id')
      .executeTakeFirstOrThrow();
    return row.value;
  }

  const mark = (database: Database, id: number, values: Entry) =>
    database.queries.updateTable('deliveries').set(values).where('id', '=', id).execute();

  const event = (number: number, name: string, more: Entry = {}): Entry => ({
    email: `c${number}@people.test`,
    timestamp: 1_790_000_000,
    event: name,
    sg_event_id: `${name}-${number}`,
    sg_message_id: `m${number}.filter.0`,
    ...more,
  });

  it('ends after the batch in hand when it is interrupted, and keeps and records what it took in', async () => {
    const database = await prepare();
    const lines = Array.from({ length: 5_000 }, (_, index) =>
      JSON.stringify({ ...event(1, 'open'), sg_event_id: `open-${index}` }),
    );
    // An input that never ends, as a pipe whose writer waits.
    const input = new Readable({ read: () => undefined });
    input.push(lines.join('\n'));
    const controller = new AbortController();
    const importing = importEvents(input, {
      ...{ ...dependencies, database, dryRun: false, signal: controller.signal },
      onProgress: () => controller.abort(),
    });
    await expect(importing).rejects.toMatchObject({ code: 'interrupted' });
    const count = async () => (await database.queries.selectFrom('events').select('id').execute()).length;
    const kept = await count();
    expect([kept > 0, kept < 5_000, kept % 1_000]).toEqual([true, true, 0]);
    const record = await database.queries
      .selectFrom('audit_log')
      .select('details')
      .where('action', '=', 'events.imported')
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(record.details)).toContain(String(kept));
    expect(await take(database, lines.join('\n'))).toMatchObject({ new: 5_000 - kept, duplicates: kept });
    expect(await count()).toBe(5_000);
  });

  it('settles what is in doubt by the reference that came back', async () => {
    const database = await prepare();
    const instance = await instanceOf(database);
    for (const id of [1, 2, 3]) await mark(database, id, { status: 'in_doubt', error: 'time-out' });
    const result = await take(database, [
      event(1, 'processed', { delivery: `${instance}-1` }),
      event(2, 'dropped', { delivery: `${instance}-2`, reason: 'Invalid' }),
      event(3, 'delivered', { delivery: `another-instance-3` }),
    ]);
    expect(result).toMatchObject({ events: 3, new: 3, duplicates: 0, matched: 2, unmatched: 1, settled: 2 });
    expect(await statesOf(database, 'launch')).toEqual({ accepted: 1, refused: 1, in_doubt: 1, pending: 3 });
    const row = await database.queries
      .selectFrom('deliveries')
      .selectAll()
      .where('id', '=', 1)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({ status: 'accepted', error: null, provider_message_id: 'm1' });
  });

  it('matches by message id and address where no reference came back', async () => {
    const database = await prepare();
    await mark(database, 4, { status: 'accepted', provider_message_id: 'm4' });
    const result = await take(database, [event(4, 'open'), event(4, 'click', { email: 'c5@people.test' })]);
    expect(result).toMatchObject({ new: 2, matched: 1, unmatched: 1, by_type: { opened: 1, clicked: 1 } });
  });

  it('counts an event once, however often and wherever it comes', async () => {
    const database = await prepare();
    expect(await take(database, [event(1, 'open'), event(1, 'open')])).toMatchObject({
      events: 2,
      new: 1,
      duplicates: 1,
    });
    expect(await take(database, [event(1, 'open'), event(2, 'open')])).toMatchObject({
      events: 2,
      new: 1,
      duplicates: 1,
    });
  });

  it('never mails again who unsubscribed, complained or has no mailbox, but does after a block', async () => {
    const database = await prepare();
    const result = await take(database, [
      event(1, 'unsubscribe'),
      event(2, 'spamreport'),
      event(3, 'bounce'),
      event(4, 'bounce', { type: 'blocked' }),
      event(5, 'group_unsubscribe', { email: 'C5@PEOPLE.test' }),
    ]);
    expect(result).toMatchObject({ suppressed: 4, withdrawn: 3 });
    const keys = [1, 2, 3, 4, 5, 6].map((number) => `c${number}@people.test`);
    expect([...(await findSuppressed(database.queries, KEYRING, keys))].toSorted()).toEqual([
      'c1@people.test',
      'c2@people.test',
      'c3@people.test',
      'c5@people.test',
    ]);
    const rows = await database.queries.selectFrom('customers').select('consent').orderBy('id').execute();
    expect(rows.map((row) => row.consent)).toEqual([
      'withdrawn',
      'withdrawn',
      'granted',
      'granted',
      'withdrawn',
      'granted',
    ]);
  });

  it('keeps a mail from going out a second time that had gone out after all', async () => {
    const database = await prepare();
    const instance = await instanceOf(database);
    // An operator has said "resend"; then the provider's events come.
    await take(database, [event(1, 'delivered', { delivery: `${instance}-1` })]);
    expect(await statesOf(database, 'launch')).toEqual({ accepted: 1, pending: 5 });
  });

  it('leaves out what is broken and takes the rest', async () => {
    const database = await prepare();
    const text = `${JSON.stringify(event(1, 'open'))}\n{"email": broken}\n{"no":"event"}\n${JSON.stringify(event(2, 'open', { reason: 'a\u0000b\ud800' }))}`;
    expect(await take(database, text)).toMatchObject({ events: 4, new: 2, rejected: 2 });
  });

  it.each(['', '  \n', 'email,event\na,b', '<html>', '{{{', '[broken'])(
    'refuses %j as a whole',
    async (text) => {
      const database = await prepare();
      await expect(take(database, text)).rejects.toMatchObject({ code: 'input_unusable' });
    },
  );

  it('changes nothing in a dry run', async () => {
    const database = await prepare();
    const result = await take(database, [event(1, 'unsubscribe')], true);
    expect(result).toMatchObject({ new: 1, suppressed: 1 });
    expect(await take(database, [event(1, 'unsubscribe')])).toMatchObject({ new: 1, suppressed: 1 });
  });
});
