import type { RawBuilder } from 'kysely';
import { sha256 } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import { tellProgress } from '../progress.ts';
import {
  listKept,
  readStamps,
  SOURCES,
  type Source,
  type Stamps,
  saveKept,
  tidyKept,
} from './kept-queries.ts';

/** Answers of earlier reports, given again as long as nothing that they were made of has changed. */
export interface Kept {
  /** The rows of a query over `sources`. */
  rows<Row>(queries: Queries, sources: readonly Source[], query: RawBuilder<Row>): Promise<Row[]>;
  /** Whatever `compute` makes of `sources`; `name` says what, with everything that it depends on besides. */
  value<T>(queries: Queries, sources: readonly Source[], name: string, compute: () => Promise<T>): Promise<T>;
}

/** Keeps nothing: every question is asked again. */
export const NOTHING_KEPT: Kept = {
  rows: async (queries, _sources, query) => (await query.execute(queries)).rows,
  value: (_queries, _sources, _name, compute) => compute(),
};

export interface OpenKept extends Kept {
  readonly stamps: Stamps;
  readonly answers: readonly Answer[];
}

interface Answer {
  readonly key: string;
  readonly stamp: string;
  readonly content: string;
}

// What is found faster than this is not worth a row.
const WORTH_KEEPING_MS = 25;
const MOST_KEPT = 400;

/**
 * What holds in the snapshot that `snapshot` reads: an answer counts only when each of its sources is in the very state in
 * which it was worked out. `fromMs` is how long a question must take for its answer to be kept; `onAnswer` is told how many were answered.
 */
export async function openKept(
  snapshot: Queries,
  clock: Pick<Clock, 'milliseconds'>,
  {
    fromMs = WORTH_KEEPING_MS,
    onAnswer,
  }: {
    readonly fromMs?: number | undefined;
    readonly onAnswer?: ((answers: number) => void) | undefined;
  } = {},
): Promise<OpenKept> {
  const stamps = await readStamps(snapshot, SOURCES);
  const answers: Answer[] = [];
  // Two parts of a report may ask the same.
  const asked = new Map<string, Promise<unknown>>();
  const ask = async <T>(
    queries: Queries,
    sources: readonly Source[],
    text: string,
    compute: () => Promise<T>,
  ): Promise<T> => {
    const key = sha256(text);
    const earlier = asked.get(key);
    if (earlier !== undefined) return earlier as Promise<T>;
    const answer = find(queries, sources, key, compute);
    asked.set(key, answer);
    return answer;
  };
  const find = async <T>(
    queries: Queries,
    sources: readonly Source[],
    key: string,
    compute: () => Promise<T>,
  ): Promise<T> => {
    const stamp = sources.map((source) => `${source} ${stamps[source]}`).join(', ');
    const [known] = await listKept(queries, [key]);
    if (known?.stamp === stamp) return JSON.parse(known.content) as T;
    const before = clock.milliseconds();
    const found = await compute();
    const took = clock.milliseconds() - before;
    await tellProgress(onAnswer, asked.size);
    if (took >= fromMs) answers.push({ key, stamp, content: JSON.stringify(found) });
    return found;
  };
  return {
    stamps,
    answers,
    rows: (queries, sources, query) => {
      const { sql, parameters } = query.compile(queries);
      return ask(
        queries,
        sources,
        JSON.stringify([sql, parameters]),
        async () => (await query.execute(queries)).rows,
      );
    },
    value: (queries, sources, name, compute) => ask(queries, sources, name, compute),
  };
}

/**
 * Stores the answers of a report for the next one. A database that can't be written, or is busy, keeps none: the report
 * is right without, so that is no failure.
 */
export async function storeKept(
  database: Database,
  { answers }: OpenKept,
  clock: Pick<Clock, 'now'>,
): Promise<boolean> {
  if (answers.length === 0) return true;
  const stored_at = clock.now();
  try {
    await database.transaction(async (transaction) => {
      await saveKept(
        transaction,
        answers.map((answer) => ({ ...answer, stored_at })),
      );
      await tidyKept(transaction, MOST_KEPT);
    });
    return true;
  } catch {
    return false;
  }
}
