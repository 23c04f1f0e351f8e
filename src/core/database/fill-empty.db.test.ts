import { existsSync, statSync } from 'node:fs';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { startChild } from '../../../test/children/start-child.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { findMeta, saveMeta } from './meta-queries.ts';
import { usingDatabase } from './open-database.ts';

const fileOf = (url: string): string => url.slice('sqlite:'.length);

async function journalOf(url: string): Promise<unknown> {
  const { rows } = await usingDatabase({ url }, ({ queries }) =>
    sql<{ journal_mode: string }>`pragma journal_mode`.execute(queries),
  );
  return rows[0]?.journal_mode;
}

describeEngineUrls('a transaction that fills what is empty', (createUrl, engine) => {
  test('is undone by whoever opens the database next when it is killed, also by one that only reads', async () => {
    const url = await createUrl();
    for (const readOnly of [true, false]) {
      await usingDatabase({ url }, ({ queries }) => saveMeta(queries, 'kept', 'before'));
      const child = startChild('fill-empty.ts', [url]);
      await child.ready;
      expect(child.output()).toBe('filled\n');
      if (engine === 'sqlite') {
        // Some of it stands in the file itself already.
        expect(existsSync(`${fileOf(url)}-journal`)).toBe(true);
        expect(statSync(fileOf(url)).size).toBeGreaterThan(10_000_000);
      }
      child.process.kill('SIGKILL');
      await child.ended;
      await usingDatabase({ url, readOnly }, async ({ queries }) => {
        expect(await findMeta(queries, 'kept')).toBe('before');
        expect(await findMeta(queries, 'filled 1')).toBeUndefined();
      });
      if (engine === 'sqlite') {
        expect(existsSync(`${fileOf(url)}-journal`)).toBe(false);
        expect(await journalOf(url)).toBe('wal');
      }
    }
  });

  test('is read from outside as it was before, until it is over, and has its log again then', async () => {
    const url = await createUrl();
    await usingDatabase({ url }, async (database) => {
      await saveMeta(database.queries, 'kept', 'before');
      await database.transaction(
        async (transaction) => {
          await saveMeta(transaction, 'kept', 'after');
          await usingDatabase({ url, readOnly: true }, async ({ queries }) =>
            expect(await findMeta(queries, 'kept')).toBe('before'),
          );
        },
        { fillsEmpty: true },
      );
      expect(await findMeta(database.queries, 'kept')).toBe('after');
    });
    if (engine === 'sqlite') expect(await journalOf(url)).toBe('wal');
  });

  test('keeps its log where somebody else has the database open', async () => {
    const url = await createUrl();
    await usingDatabase({ url }, (database) =>
      usingDatabase({ url }, async (other) => {
        await saveMeta(other.queries, 'kept', 'before');
        await database.transaction((transaction) => saveMeta(transaction, 'kept', 'after'), {
          fillsEmpty: true,
        });
        expect(await findMeta(other.queries, 'kept')).toBe('after');
        if (engine === 'sqlite') expect(existsSync(`${fileOf(url)}-wal`)).toBe(true);
      }),
    );
  });
});
