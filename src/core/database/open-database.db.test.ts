import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, inject, test } from 'vitest';
import { startChild } from '../../../test/children/start-child.ts';
import { describeEngines, describeEngineUrls } from '../../../test/engines.ts';
import { hasPostgres } from '../../../test/postgres-server.ts';
import { countTogether } from '../../../test/soak-database.ts';
import { engineOf } from './engine-of.ts';
import { openDatabase } from './open-database.ts';

const NOW = '2026-03-01T09:00:00.120Z';

describeEngines('an open database', (open, engine) => {
  test('carries its engine and its name', async () => {
    const database = await open();
    expect(database.engine).toBe(engine);
    expect(engineOf(database.queries)).toBe(engine);
    expect(database.name).toMatch(engine === 'sqlite' ? /^referral\.db$/ : /^referral_[0-9a-f]+$/);
    expect(database.url).not.toContain(new URL(inject('postgres').base ?? 'x:').password || 'no password');
  });

  test('gives the same types back as were put in', async () => {
    const { queries } = await open();
    const run = {
      command: 'check',
      arguments: '{"b":[1,2],"a":"é"}',
      operator: 'op',
      host: 'h',
      process_id: Number.MAX_SAFE_INTEGER,
      program_version: '1',
      started_at: NOW,
      status: 'done' as const,
      summary: '{}',
    };
    await queries.insertInto('runs').values(run).execute();
    const {
      id,
      arguments: given,
      ...row
    } = await queries.selectFrom('runs').selectAll().executeTakeFirstOrThrow();
    expect(id).toBe(1);
    expect(JSON.parse(given)).toEqual({ a: 'é', b: [1, 2] });
    expect(row).toEqual({ ...run, arguments: undefined, finished_at: null, exit_code: null });
    const figures = await queries
      .selectFrom('runs')
      .select(({ fn, exists, selectFrom }) => [
        fn.countAll().as('count'),
        fn.sum('id').as('sum'),
        exists(selectFrom('runs').select('id')).as('any'),
      ])
      .executeTakeFirstOrThrow();
    expect(figures).toEqual({ count: 1, sum: 1, any: 1 });
  });

  test('sorts text by bytes', async () => {
    const { queries } = await open();
    for (const name of ['b', 'B', 'a', 'é', 'A', '_']) {
      await queries.insertInto('meta').values({ name, value: '' }).execute();
    }
    const rows = await queries
      .selectFrom('meta')
      .select('name')
      .where(sql`length(name)`, '=', 1)
      .orderBy('name')
      .execute();
    expect(rows.map(({ name }) => name)).toEqual(['A', 'B', '_', 'a', 'b', 'é']);
  });

  test('rolls back a transaction that throws', async () => {
    const database = await open();
    const failed = database.transaction(async (transaction) => {
      await transaction.insertInto('meta').values({ name: 'x', value: '1' }).execute();
      throw new Error('enough');
    });
    await expect(failed).rejects.toThrow('enough');
    expect(await database.queries.selectFrom('meta').where('name', '=', 'x').selectAll().execute()).toEqual(
      [],
    );
  });

  test('returns the result of a transaction that it rolls back as asked', async () => {
    const database = await open();
    const count = await database.transaction(
      async (transaction) => {
        await transaction.insertInto('meta').values({ name: 'x', value: '1' }).execute();
        return (await transaction.selectFrom('meta').selectAll().execute()).length;
      },
      { rollback: true },
    );
    expect(count).toBe(3);
    expect(await database.queries.selectFrom('meta').selectAll().execute()).toHaveLength(2);
  });

  test('reads a snapshot that later commits do not reach, and that refuses to write', async () => {
    const database = await open();
    await database.snapshot(async (snapshot) => {
      await snapshot.selectFrom('meta').selectAll().execute();
      await database.queries.insertInto('meta').values({ name: 'x', value: '1' }).execute();
      expect(await snapshot.selectFrom('meta').selectAll().execute()).toHaveLength(2);
    });
    const writing = database.snapshot((snapshot) =>
      snapshot.insertInto('meta').values({ name: 'y', value: '1' }).execute(),
    );
    await expect(writing).rejects.toThrow(/read.?only|not writable|can't be used/i);
  });

  test('streams rows in order', async () => {
    const { queries } = await open();
    const values = Array.from({ length: 1_234 }, (_, at) => ({
      name: `n${String(at).padStart(4, '0')}`,
      value: '',
    }));
    await queries.insertInto('meta').values(values).execute();
    const names: string[] = [];
    for await (const row of queries
      .selectFrom('meta')
      .select('name')
      .where('name', 'like', 'n%')
      .orderBy('name')
      .stream(100)) {
      names.push(row.name);
    }
    expect(names).toEqual(values.map(({ name }) => name));
  });

  test('enforces foreign keys', async () => {
    const { queries } = await open();
    const orphan = queries
      .insertInto('participants')
      .values({ contest_id: 1, customer_ref: 1, enrolled_at: NOW })
      .execute();
    await expect(orphan).rejects.toThrow(/foreign key/i);
  });

  test('lets one holder have a lock, by name, until it is released', async () => {
    const database = await open();
    const lock = await database.tryLock('campaign/a b');
    expect(lock?.isHeld()).toBe(true);
    expect(await database.tryLock('campaign/a b')).toBeUndefined();
    const other = await database.tryLock('another');
    expect(other?.isHeld()).toBe(true);
    await other?.release();
    await lock?.release();
    expect(lock?.isHeld()).toBe(false);
    const again = await database.tryLock('campaign/a b');
    expect(again?.isHeld()).toBe(true);
    await again?.release();
  });

  test('refuses an audit entry that forks the chain, instead of losing it in silence', async () => {
    const { queries } = await open();
    await fillAppendOnly(queries);
    const fork = sql`insert into audit_log (sequence, at, operator, action, subject, details, previous_hash, hash)
      select sequence + 1, at, operator, action, subject, details, previous_hash, 'another' from audit_log`;
    await expect(fork.execute(queries)).rejects.toThrow(/append-only|unique/i);
  });

  test.each(['audit_log', 'ledger_entries'] as const)(
    'refuses to change or remove what stands in %s',
    async (table) => {
      const { queries } = await open();
      await fillAppendOnly(queries);
      const change =
        table === 'audit_log'
          ? `update audit_log set operator = 'x'`
          : 'update ledger_entries set amount_minor = 2';
      await expect(sql.raw(change).execute(queries)).rejects.toThrow(`${table} is append-only`);
      await expect(sql.raw(`delete from ${table}`).execute(queries)).rejects.toThrow(
        `${table} is append-only`,
      );
      if (engine === 'postgres') {
        await expect(sql.raw(`truncate ${table} cascade`).execute(queries)).rejects.toThrow('is append-only');
      } else {
        const same = `insert or replace into ${table} select * from ${table}`;
        await expect(sql.raw(same).execute(queries)).rejects.toThrow(`${table} is append-only`);
        const key = table === 'audit_log' ? ['sequence', 'sequence + 1'] : ['id', 'id + 1'];
        const { rows } = await sql<{ name: string }>`select name from pragma_table_info(${table})`.execute(
          queries,
        );
        const names = rows.map(({ name }) => name).join(', ');
        const moved = `insert or replace into ${table} (${names}) select ${names.replace(key[0] ?? '', key[1] ?? '')} from ${table}`;
        const attempt = sql.raw(moved).execute(queries);
        if (table === 'audit_log') await expect(attempt).rejects.toThrow(`${table} is append-only`);
        else await attempt;
        expect((await sql.raw(`select ${key[0] ?? ''} as k from ${table}`).execute(queries)).rows).toEqual([
          { k: 1 },
        ]);
      }
      expect((await sql.raw(`select * from ${table}`).execute(queries)).rows).toHaveLength(1);
    },
  );
});

describeEngineUrls('a database', (createUrl) => {
  test('lets eight processes read and then write, each waiting for its turn', {
    timeout: 60_000,
  }, async () => {
    expect(await countTogether(await createUrl(), 8, 25)).toEqual({
      ...{ processes: 8, expected: 200, counted: 200, chained: 200, failures: [] },
    });
  });
});

describe('on sqlite', () => {
  test('makes a database that only its owner can read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'referral-test-'));
    const file = join(folder, 'referral.db');
    const database = await openDatabase({ url: `sqlite:${file}`, create: true, migrations: 'skip' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await database.close();
    await rm(folder, { recursive: true });
  });

  test('refuses a file that is not a database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'referral-test-'));
    const file = join(folder, 'notes.txt');
    await writeFile(file, 'these are only notes, and quite a few of them\n'.repeat(100));
    await expect(openDatabase({ url: `sqlite:${file}` })).rejects.toMatchObject({
      code: 'database_unreachable',
      reason: 'the file is not a SQLite database',
    });
    await rm(folder, { recursive: true });
  });

  test('refuses a file that is not there, and a folder that is not there', async () => {
    await expect(openDatabase({ url: 'sqlite:/nowhere/at/all.db' })).rejects.toMatchObject({
      code: 'database_not_migrated',
      hint: expect.stringContaining('referral migrate'),
    });
    await expect(openDatabase({ url: 'sqlite:/nowhere/at/all.db', create: true })).rejects.toMatchObject({
      code: 'database_unreachable',
    });
  });
});

describe.skipIf(!hasPostgres())('on postgres', () => {
  test('tells a wrong password without telling the password', async () => {
    const url = new URL(inject('postgres').base ?? '');
    url.password = 'hunter2hunter2';
    const error = await openDatabase({ url: `${url.href}/postgres` }).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'database_unreachable', hint: expect.stringContaining('password') });
    expect(JSON.stringify([error, String(error)])).not.toContain('hunter2hunter2');
  });

  test('tells a database that does not exist', async () => {
    const url = `${inject('postgres').base}/no_such_database`;
    await expect(openDatabase({ url })).rejects.toMatchObject({
      code: 'database_unreachable',
      reason: 'database "no_such_database" does not exist',
    });
  });

  test('tells a server that is not there', async () => {
    await expect(openDatabase({ url: 'postgres://a:secret@127.0.0.1:1/b' })).rejects.toMatchObject({
      code: 'database_unreachable',
      message: "The database postgres://a@127.0.0.1:1/b can't be reached",
    });
  });

  test('refuses an unencrypted server where TLS is asked for', async () => {
    const url = `${inject('postgres').base}/postgres?sslmode=verify-full`;
    await expect(openDatabase({ url })).rejects.toMatchObject({
      code: 'database_unreachable',
      hint: expect.stringContaining('database.tls'),
    });
  });
});

describeEngineUrls('a lock', (createUrl, engine) => {
  test('is free again when its holder is killed', async () => {
    const url = await createUrl();
    const holder = startChild('lock.ts', [url, 'job']);
    await holder.ready;
    expect(holder.output()).toBe('held\n');
    const database = await openDatabase({ url });
    expect(await database.tryLock('job')).toBeUndefined();
    holder.process.kill('SIGKILL');
    await holder.ended;
    await expect
      .poll(async () => {
        const lock = await database.tryLock('job');
        await lock?.release();
        return lock?.name;
      })
      .toBe('job');
    await database.close();
  });

  test('of a name that is used once leaves nothing beside a file', async () => {
    const url = await createUrl();
    const database = await openDatabase({ url });
    const lock = await database.tryLock('sender-1', { once: true });
    expect(await database.tryLock('sender-1', { once: true })).toBeUndefined();
    await lock?.release();
    await lock?.release();
    if (engine === 'sqlite')
      expect(await readdir(`${url.slice('sqlite:'.length)}-locks`)).not.toContain('sender-1');
    const again = await database.tryLock('sender-1', { once: true });
    expect(again?.isHeld()).toBe(true);
    await again?.release();
    await database.close();
  });

  test('notices that it was lost', async () => {
    const url = await createUrl();
    const [holder, other] = [await openDatabase({ url }), await openDatabase({ url })];
    const lock = await holder.tryLock('job');
    expect(await other.tryLock('job')).toBeUndefined();
    if (engine === 'postgres') {
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'referral lock job'`.execute(
        other.queries,
      );
      await expect.poll(() => lock?.isHeld()).toBe(false);
    } else {
      await lock?.release();
    }
    const taken = await other.tryLock('job');
    expect(taken?.isHeld()).toBe(true);
    await taken?.release();
    await lock?.release();
    await holder.close();
    await other.close();
  });
});

async function fillAppendOnly(queries: Awaited<ReturnType<typeof openDatabase>>['queries']): Promise<void> {
  const [customer, contest] = [
    await queries
      .insertInto('customers')
      .values({
        customer_id: 'C-1',
        consent: 'granted',
        attributes: '{}',
        source: 'import',
        created_at: NOW,
        updated_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
    await queries
      .insertInto('contests')
      .values({
        slug: 'a',
        name: 'a',
        benefit: 'b',
        description: '',
        status: 'active',
        timezone: 'UTC',
        starts_at: NOW,
        ends_at: '2027-01-01T00:00:00.000Z',
        rules: '{}',
        rules_sha256: '',
        created_at: NOW,
      })
      .returning('id')
      .executeTakeFirstOrThrow(),
  ];
  const reward = await queries
    .insertInto('rewards')
    .values({
      contest_id: contest.id,
      customer_ref: customer.id,
      side: 'referrer',
      rule: 'r',
      type: 'money',
      idempotency_key: 'k',
      status: 'held',
      created_at: NOW,
      updated_at: NOW,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await queries
    .insertInto('ledger_entries')
    .values({
      idempotency_key: 'k',
      content_sha256: '',
      contest_id: contest.id,
      customer_ref: customer.id,
      reward_id: reward.id,
      kind: 'k',
      reason: 'r',
      from_account: 'a',
      to_account: 'b',
      amount_minor: 1,
      currency: 'EUR',
      recorded_at: NOW,
    })
    .execute();
  await queries
    .insertInto('audit_log')
    .values({
      sequence: 1,
      at: NOW,
      operator: 'o',
      action: 'a',
      subject: 's',
      details: '{}',
      previous_hash: '0',
      hash: '1',
    })
    .execute();
}
