import type { Clock } from '../clock.ts';
import { ReferralError } from '../errors.ts';
import type { Sleep } from './pace.ts';

const ATTEMPTS = 60;
const PATIENCE_MS = 30_000;
const PAUSE_MS = 500;

export interface Waiting {
  readonly sleep: Sleep;
  readonly clock: Clock;
}

/** Was the connection to the database lost, so that the same may succeed when it is back? */
export function isUnreachable(error: unknown): boolean {
  return error instanceof ReferralError && error.code === 'database_unreachable';
}

/** What the provider has answered must be written down: a database that is restarted is waited for, half a minute. */
export async function retryDatabase<T>({ sleep, clock }: Waiting, attempt: () => Promise<T>): Promise<T> {
  const until = clock.milliseconds() + PATIENCE_MS;
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnreachable(error) || attempts === ATTEMPTS || clock.milliseconds() > until) throw error;
      await sleep(PAUSE_MS);
    }
  }
}
