import { expect, test } from 'vitest';
import { addHistory } from '../../../test/customer-history.ts';
import { describeEngines } from '../../../test/engines.ts';
import { insertPredictions } from './prediction-queries.ts';

const NOW = '2026-06-01T12:00:00.000Z';
// More than SQLite takes in one statement.
const CUSTOMERS = 5_003;
const ERASED = [1, 4_000, CUSTOMERS];

describeEngines('what a model said', (open) => {
  test('is kept to the last digit, of everybody who was not erased meanwhile', async () => {
    const database = await open();
    const ids = Array.from({ length: CUSTOMERS }, (_, index) => index + 1);
    await addHistory(database, { customers: ids.map((id) => ({ id })) });
    await database.queries
      .updateTable('customers')
      .set({ erased_at: NOW })
      .where('id', 'in', ERASED)
      .execute();
    const model = await database.queries
      .insertInto('models')
      .values({
        ...{ name: 'clicks', version: 1, source: 'customers', target: 'clicks_next_mail', document: '{}' },
        ...{ sha256: 'x', figures: '{}', seed: 1, rows: 1, data_sha256: 'x', backend: 'wasm' },
        ...{ libraries: '{}', beats_baseline: 1, created_at: NOW },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const said = ids.map((customer_ref) => ({ customer_ref, score: 1 / customer_ref, segment: 'high' }));
    await database.transaction((transaction) => insertPredictions(transaction, model.id, said.values(), NOW));
    const kept = await database.queries
      .selectFrom('predictions')
      .select(['customer_ref', 'score', 'segment'])
      .orderBy('customer_ref')
      .execute();
    expect(kept).toEqual(said.filter(({ customer_ref }) => !ERASED.includes(customer_ref)));
  });
});
