import type { Database, Queries } from '../../database/database.ts';

/**
 * Rows read on one consistent snapshot, as they are asked for. The snapshot is opened by the first row that is asked
 * for and closed after the last, or when nobody wants more.
 */
export async function* streamSnapshot<Row>(
  database: Database,
  read: (queries: Queries) => AsyncIterable<Row>,
): AsyncGenerator<Row> {
  const opened = Promise.withResolvers<Queries>();
  const finished = Promise.withResolvers<void>();
  const snapshot = database.snapshot(async (transaction) => {
    opened.resolve(transaction);
    await finished.promise;
  });
  snapshot.catch(opened.reject);
  try {
    yield* read(await opened.promise);
  } finally {
    finished.resolve();
    await snapshot;
  }
}
