import { type CompiledQuery, sql } from 'kysely';
import { expect, it } from 'vitest';
import { createAudience, createTestCampaign, freeze } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Database } from '../database/database.ts';
import { listMailedOften } from '../limits/frequency-queries.ts';
import { listCandidates, listPendingClasses } from './candidate-queries.ts';

const PEOPLE = 3_000;
const LATER = '2100-01-01T00:00:00.000Z';
const EARLIER = '2000-01-01T00:00:00.000Z';

describeEngines('looking for what is pending', (open, engine) => {
  async function prepare(): Promise<Database> {
    const database = await open();
    await createAudience(database, PEOPLE);
    await createTestCampaign(database, 'launch');
    await freeze(database, 'launch');
    const classes = sql<string>`case when id % 3 = 0 then 'gmail' when id % 3 = 1 then 'yahoo' else 'other' end`;
    await database.queries.updateTable('deliveries').set({ domain_class: classes }).execute();
    if (engine === 'postgres') await sql`analyze deliveries`.execute(database.queries);
    return database;
  }

  /** How the database carries out what `work` asks of it. */
  async function planOf(database: Database, work: (queries: Database['queries']) => Promise<unknown>) {
    const asked: CompiledQuery[] = [];
    const watched = database.queries.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: ({ result }) => Promise.resolve(result),
    });
    const executor = watched.getExecutor();
    const execute = executor.executeQuery.bind(executor);
    executor.executeQuery = (query) => {
      asked.push(query);
      return execute(query);
    };
    await work(watched);
    const [query] = asked;
    if (query === undefined) return '';
    const how = engine === 'postgres' ? 'explain ' : 'explain query plan ';
    const { rows } = await database.queries.executeQuery<Record<string, unknown>>({
      ...query,
      sql: `${how}${query.sql}`,
    });
    return rows.map((row) => String(row['QUERY PLAN'] ?? row['detail'])).join('\n');
  }

  it('finds the next of a class by the index of pending deliveries, without sorting', async () => {
    const database = await prepare();
    const plan = await planOf(database, (queries) => listCandidates(queries, 1, 'gmail', LATER, 10));
    expect(plan).toContain('deliveries_pending');
    expect(plan).not.toMatch(/Sort|TEMP B-TREE|Seq Scan on deliveries|SCAN d\b/);
  });

  it('finds the classes by a step in the index for each', async () => {
    const database = await prepare();
    const plan = await planOf(database, (queries) => listPendingClasses(queries, 1));
    expect(plan).toContain('deliveries_pending');
    expect(plan).not.toMatch(/Seq Scan on deliveries|SCAN d\b/);
    const found = await listPendingClasses(database.queries, 1);
    expect(found.map(({ name }) => name)).toEqual(['gmail', 'other', 'yahoo']);
    await database.queries
      .updateTable('deliveries')
      .set({ not_before: LATER })
      .where('domain_class', '=', 'gmail')
      .execute();
    await database.queries
      .updateTable('deliveries')
      .set({ status: 'skipped' })
      .where('domain_class', '=', 'other')
      .execute();
    const left = await listPendingClasses(database.queries, 1);
    expect(left.map(({ name }) => name)).toEqual(['gmail', 'yahoo']);
    expect(left[0]?.next_at).toBe(LATER);
    expect(await listPendingClasses(database.queries, 2)).toEqual([]);
  });

  it('finds who was mailed often by the key that makes deliveries unique', async () => {
    const database = await prepare();
    const keys = Array.from({ length: 50 }, (_, index) => `c${index + 1}@people.test`);
    const plan = await planOf(database, (queries) => listMailedOften(queries, [1], keys, EARLIER, 1));
    expect(plan).not.toMatch(/Seq Scan on deliveries|SCAN deliveries/);
  });
});
