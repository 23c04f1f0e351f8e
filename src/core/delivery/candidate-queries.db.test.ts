import { type CompiledQuery, sql } from 'kysely';
import { expect, it } from 'vitest';
import { createAudience, createTestCampaign, freeze } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Database, Queries } from '../database/database.ts';
import { listMailedOften } from '../limits/frequency-queries.ts';
import { listCandidates, listPendingClasses } from './candidate-queries.ts';
import {
  markClaimed,
  markSending,
  releaseClaimed,
  type Settlement,
  settleDeliveries,
} from './delivery-queries.ts';
import { insertSender } from './sender-queries.ts';

const PEOPLE = 3_000;
const LATER = '2100-01-01T00:00:00.000Z';
const EARLIER = '2000-01-01T00:00:00.000Z';

function settled(id: number): Settlement {
  return { id, status: 'accepted', message_id: 'm', error: null, attempts: 1, not_before: EARLIER };
}

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

  it('finds by its key what it writes of a batch, whatever the statistics of before the campaign say', async () => {
    const database = await prepare();
    const sender = await insertSender(database.queries, {
      ...{ campaign_id: 1, transport: 'outbox', target: 'here', host: 'here', process_id: 1 },
      started_at: EARLIER,
    });
    const ids = [3, 4, 5];
    const steps: ((queries: Queries) => Promise<unknown>)[] = [
      (queries) => markClaimed(queries, sender, EARLIER, ids),
      (queries) => markSending(queries, 1, sender, EARLIER, ids),
      (queries) => releaseClaimed(queries, sender, ids),
      (queries) => settleDeliveries(queries, sender, EARLIER, ids.map(settled)),
      (queries) =>
        settleDeliveries(
          queries,
          1,
          EARLIER,
          Array.from({ length: 12 }, (_, index) => settled(index + 1)),
        ),
    ];
    for (const step of steps) {
      // Of so few rows PostgreSQL may read all instead; of many it does not.
      expect(await planOf(database, step)).not.toMatch(/deliveries_held|deliveries_pending/);
    }
    expect(await planOf(database, (queries) => markSending(queries, 1, sender, EARLIER, ids))).toMatch(
      /deliveries_pkey|SEARCH deliveries USING INTEGER PRIMARY KEY/,
    );
  });

  it('finds who was mailed often by the key that makes deliveries unique', async () => {
    const database = await prepare();
    const keys = Array.from({ length: 50 }, (_, index) => `c${index + 1}@people.test`);
    const plan = await planOf(database, (queries) => listMailedOften(queries, [1], keys, EARLIER, 1));
    expect(plan).not.toMatch(/Seq Scan on deliveries|SCAN deliveries/);
  });
});
