import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngineUrls } from '../../../test/engines.ts';
import { findMeta, saveMeta } from './meta-queries.ts';
import { usingDatabase } from './open-database.ts';

describeEngineUrls('a database that is opened for reading only', (createUrl) => {
  test('is read, and refuses every write', async () => {
    const url = await createUrl();
    await usingDatabase({ url }, ({ queries }) => saveMeta(queries, 'x', 'before'));
    await usingDatabase({ url, readOnly: true }, async (database) => {
      expect(await findMeta(database.queries, 'x')).toBe('before');
      expect(await database.snapshot((trx) => findMeta(trx, 'x'))).toBe('before');
      await expect(saveMeta(database.queries, 'x', 'after')).rejects.toThrow();
      await expect(database.transaction((trx) => saveMeta(trx, 'x', 'after'))).rejects.toThrow();
    });
    expect(await usingDatabase({ url }, ({ queries }) => findMeta(queries, 'x'))).toBe('before');
  });

  test('lends a snapshot temporary tables, and keeps nothing', async () => {
    const url = await createUrl();
    await usingDatabase({ url, readOnly: true }, async (database) => {
      const count = await database.snapshot(
        async (snapshot) => {
          await sql`create temp table notes (n integer)`.execute(snapshot);
          await sql`insert into notes values (1), (2)`.execute(snapshot);
          const { rows } = await sql<{ n: number }>`select count(*) as n from notes`.execute(snapshot);
          return rows[0]?.n;
        },
        { temporaryTables: true },
      );
      expect(count).toBe(2);
      await expect(sql`select * from notes`.execute(database.queries)).rejects.toThrow();
    });
  });
});
