import type { KyselyPlugin } from 'kysely';
import type { Database } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { limitStatements } from './job-queries.ts';

export interface TimeLimit {
  /** Milliseconds left; 0 or less when the time is up. */
  remaining(): number;
  /** What to say then. */
  readonly job: string;
  readonly minutes: number;
}

/**
 * A database on which no statement begins once the time is up: the transaction in hand is rolled back, and what was
 * committed before stays. On PostgreSQL a statement that is still at work then is cancelled too.
 */
export function limitDatabase(database: Database, limit: TimeLimit): Database {
  const plugin: KyselyPlugin = {
    transformQuery({ node }) {
      if (limit.remaining() <= 0) throw timeIsUp(limit);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return {
    ...database,
    queries: database.queries.withPlugin(plugin),
    transaction: (work, options) =>
      database.transaction(async (transaction) => {
        if (limit.remaining() <= 0) throw timeIsUp(limit);
        await limitStatements(transaction, limit.remaining());
        return work(transaction.withPlugin(plugin));
      }, options),
    snapshot: (work, options) =>
      database.snapshot((transaction) => work(transaction.withPlugin(plugin)), options),
  };
}

export function timeIsUp({ job, minutes }: Pick<TimeLimit, 'job' | 'minutes'>): ReferralError {
  const seconds = Math.ceil(minutes * 60);
  const [limit, more] =
    seconds < 60
      ? [`${seconds} s`, `${seconds * 2}s`]
      : [`${Math.round(minutes)} min`, `${Math.ceil(minutes * 2)}m`];
  return new ReferralError('time_limit', `The job ${job} took longer than ${limit}`, {
    reason: 'it was stopped; what it had not finished was taken back',
    hint: `Give it more time: referral jobs run ${job} --time-limit ${more}`,
    details: { job, minutes },
  });
}
