import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { systemClock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { createGroupCommit } from './group-commit.ts';
import { sleep } from './pace.ts';

const WAITING = { sleep, clock: systemClock };

function insert(name: string): (queries: Queries) => Promise<string> {
  return async (queries) => {
    await queries.insertInto('rate_buckets').values({ name, rate: 1, next_free_at: 0 }).execute();
    return name;
  };
}

async function listNames({ queries }: Database): Promise<string[]> {
  const rows = await queries.selectFrom('rate_buckets').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

describeEngines('group commit', (open) => {
  it('commits what is wanted in one turn together, and tells each its result', async () => {
    const database = await open();
    let transactions = 0;
    const counting: Database = {
      ...database,
      transaction: (work, options) => {
        transactions += 1;
        return database.transaction(work, options);
      },
    };
    const commit = createGroupCommit(counting, WAITING);
    expect(await Promise.all(['a', 'b', 'c'].map((name) => commit(insert(name))))).toEqual(['a', 'b', 'c']);
    expect(await listNames(database)).toEqual(['a', 'b', 'c']);
    expect(transactions).toBe(1);
    await commit(insert('d'));
    expect(transactions).toBe(2);
  });

  it('is ended by the server when nothing more is heard of it', async () => {
    const database = await open();
    if (database.engine === 'sqlite') return;
    const commit = createGroupCommit(database, WAITING);
    const limit = await commit(async (queries) => {
      const { rows } = await sql<{ limit: string }>`
        select current_setting('idle_in_transaction_session_timeout') as limit`.execute(queries);
      return rows[0]?.limit;
    });
    expect(limit).toBe('10s');
  });

  it('lets no piece undo another', async () => {
    const database = await open();
    const commit = createGroupCommit(database, WAITING);
    const failing = async (queries: Queries): Promise<never> => {
      await insert('half')(queries);
      throw new ReferralError('quarantined', 'not now');
    };
    const results = await Promise.allSettled([commit(insert('a')), commit(failing), commit(insert('b'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await listNames(database)).toEqual(['a', 'b']);
  });
});
