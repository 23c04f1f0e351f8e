import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { findServerTime } from './claim-state-queries.ts';

/** The time that all senders share, in milliseconds since the epoch: on PostgreSQL the server's, else this machine's. */
export async function readSharedTime(queries: Queries, clock: Clock): Promise<number> {
  return (await findServerTime(queries)) ?? clock.milliseconds();
}
