import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database, Queries } from '../database/database.ts';
import { isUnreachable, retryDatabase, type Waiting } from './retry-database.ts';
import { endWhenSilent } from './silence-queries.ts';

/** Runs work in a transaction that it may share with other work; what it gives is committed. */
export type Commit = <T>(work: (transaction: Queries) => Promise<T>) => Promise<T>;

interface Piece {
  readonly work: (transaction: Queries) => Promise<unknown>;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what a process wants written within a turn of its event loop becomes one transaction, so that one commit
 * to the disk serves several batches. When that fails each piece is tried by itself, for as long as a restart of the
 * database takes: no piece's error undoes what another one has to write down.
 */
export function createGroupCommit(database: Database, waiting: Waiting): Commit {
  let queue: Piece[] = [];
  let isRunning = false;
  const flush = async (): Promise<void> => {
    for (;;) {
      await nextTurn();
      const group = queue;
      queue = [];
      if (group.length === 0) break;
      await commitTogether(database, group).catch(() => commitEach(database, waiting, group));
    }
    isRunning = false;
  };
  return (work) =>
    new Promise((resolve, reject) => {
      queue.push({ work, resolve: resolve as Piece['resolve'], reject });
      if (isRunning) return;
      isRunning = true;
      void flush();
    });
}

async function commitTogether(database: Database, group: readonly Piece[]): Promise<void> {
  const results = await database.transaction(async (transaction) => {
    await endWhenSilent(transaction);
    const all: unknown[] = [];
    for (const { work } of group) all.push(await work(transaction));
    return all;
  });
  for (const [index, { resolve }] of group.entries()) resolve(results[index]);
}

async function commitEach(database: Database, waiting: Waiting, group: readonly Piece[]): Promise<void> {
  let gone: unknown;
  for (const { work, resolve, reject } of group) {
    try {
      // A database that did not come back for one piece is not waited for again by the next.
      if (gone !== undefined) throw gone;
      resolve(await retryDatabase(waiting, () => commitAlone(database, work)));
    } catch (error) {
      if (isUnreachable(error)) gone = error;
      reject(error);
    }
  }
}

function commitAlone<T>(database: Database, work: (transaction: Queries) => Promise<T>): Promise<T> {
  return database.transaction(async (transaction) => {
    await endWhenSilent(transaction);
    return work(transaction);
  });
}
