import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createPostgresDatabase, hasPostgres, usingPostgresClient } from '../../../test/postgres-server.ts';
import { copyRows } from './copy-rows.ts';
import type { Database, Queries } from './database.ts';
import { saveMeta } from './meta-queries.ts';
import { openDatabase } from './open-database.ts';

async function usingFresh(work: (database: Database, url: string) => Promise<void>): Promise<void> {
  const { url, drop } = await createPostgresDatabase();
  const database = await openDatabase({ url });
  try {
    await work(database, url);
  } finally {
    await database.close();
    await drop();
  }
}

const cut = (url: string) =>
  usingPostgresClient(url, (client) =>
    client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    ),
  );

const LOST = { code: 'database_unreachable', message: expect.stringContaining('was lost') };

describe.skipIf(!hasPostgres())('a transaction', () => {
  test('whose connection is cut between two statements ends with an error that says so', () =>
    usingFresh(async (database, url) => {
      const working = database.transaction(async (transaction) => {
        await saveMeta(transaction, 'count', '1');
        await cut(url);
        // The news comes while nothing runs on the connection.
        await new Promise((resolve) => setTimeout(resolve, 50));
        await saveMeta(transaction, 'count', '2');
      });
      await expect(working).rejects.toMatchObject({
        ...LOST,
        reason: expect.stringContaining('terminating connection'),
      });
      const { rows } = await sql`select * from meta where name = 'count'`.execute(database.queries);
      expect(rows).toEqual([]);
    }));

  test('whose connection is cut in a COPY ends with an error that says so', () =>
    usingFresh(async (database, url) => {
      async function* rows() {
        yield ['a', '1'];
        await cut(url);
        for (let at = 0; at < 100_000; at += 1) yield [`b${at}`, '2'];
      }
      const working = database.transaction((transaction) =>
        copyRows(transaction, 'meta', ['name', 'value'], rows()),
      );
      await expect(working).rejects.toMatchObject(LOST);
      expect(
        await database.queries.selectFrom('meta').select('name').where('name', '=', 'a').execute(),
      ).toEqual([]);
    }));

  test.each([
    [
      'a standby',
      `set transaction read only`,
      `insert into meta (name, value) values ('a', '1')`,
      'read-only',
    ],
    ['a time-out', `set local statement_timeout = 20`, `select pg_sleep(10)`, 'statement timeout'],
  ])('that is refused by %s says so', (_title, before, statement, reason) =>
    usingFresh(async (database) => {
      const working = database.transaction(async (transaction) => {
        await sql.raw(before).execute(transaction);
        await sql.raw(statement).execute(transaction);
      });
      await expect(working).rejects.toMatchObject({
        code: 'database_unreachable',
        reason: expect.stringContaining(reason),
      });
    }),
  );

  test('that can be done only once is told of a conflict, any other is tried again', () =>
    usingFresh(async (database) => {
      await saveMeta(database.queries, 'a', '0');
      await saveMeta(database.queries, 'b', '0');
      for (const once of [true, false]) {
        const attempts = { a: 0, b: 0 };
        const meet = meeting();
        const crossing = (own: 'a' | 'b', other: 'a' | 'b') =>
          database.transaction(
            async (transaction: Queries) => {
              attempts[own] += 1;
              await saveMeta(transaction, own, '1');
              if (attempts[own] === 1) await meet();
              await saveMeta(transaction, other, '1');
            },
            { once },
          );
        const ended = await Promise.allSettled([crossing('a', 'b'), crossing('b', 'a')]);
        const failed = ended.filter((each) => each.status === 'rejected');
        expect(failed.map(({ reason }) => (reason as { code: string }).code)).toEqual(once ? ['locked'] : []);
        expect(attempts.a + attempts.b).toBe(once ? 2 : 3);
      }
    }));
});

/** Waits until two are there. */
function meeting(): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  return () => {
    count += 1;
    if (count === 2) resolve();
    return promise;
  };
}
