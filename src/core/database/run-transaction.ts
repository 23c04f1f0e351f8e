import type { Transaction, TransactionBuilder } from 'kysely';
import type { TransactionOptions } from './database.ts';
import type { Tables } from './tables.ts';

/** Carries the result of a dry run out of the transaction that it rolls back. */
class RolledBack<T> extends Error {
  readonly result: T;

  constructor(result: T) {
    super('rolled back as asked');
    this.result = result;
  }
}

/** Runs `work` in the transaction that `builder` begins, committed unless it throws or `rollback` is asked for. */
export async function runTransaction<T>(
  builder: TransactionBuilder<Tables>,
  work: (transaction: Transaction<Tables>) => Promise<T>,
  { rollback = false }: TransactionOptions = {},
): Promise<T> {
  if (!rollback) return builder.execute(work);
  try {
    return await builder.execute(async (transaction): Promise<T> => {
      throw new RolledBack(await work(transaction));
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.result as T;
    throw error;
  }
}
