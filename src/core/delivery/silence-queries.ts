import { sql } from 'kysely';
import type { Queries } from '../database/database.ts';
import { engineOf } from '../database/engine-of.ts';

// As long as the server waits for the heartbeat of a sender's lock.
const SERVER_GIVES_UP = '10s';

/**
 * Has the server end this transaction when nothing more is heard of it. A network that swallows everything would otherwise leave it open, and whoever
 * takes over from this sender would wait for its rows for ever. SQLite's transactions end with their process.
 */
export async function endWhenSilent(transaction: Queries): Promise<void> {
  if (engineOf(transaction) === 'sqlite') return;
  await sql`select set_config('idle_in_transaction_session_timeout', ${SERVER_GIVES_UP}, true)`.execute(
    transaction,
  );
}
