import type { ClientConfig } from 'pg';
import type { ProcessLock } from './database.ts';
import { connectionError } from './postgres-errors.ts';
import { startHeartbeat } from './postgres-heartbeat.ts';

// A sender whose machine vanished has to be noticed within ten seconds: idle 4 s, then two probes 2 s apart.
const NOTICE_THE_DEAD =
  'set tcp_keepalives_idle = 4; set tcp_keepalives_interval = 2; set tcp_keepalives_count = 2';

/**
 * Takes the session advisory lock of `name`, or gives undefined when it is taken. It lives on a connection of its own,
 * and the server drops it with that connection, however this process ends. With `onLost` the two keep asking each other
 * whether they are there; it is called when they no longer hear each other.
 */
export async function tryPostgresLock(
  options: ClientConfig,
  url: string,
  name: string,
  onLost?: () => void,
): Promise<ProcessLock | undefined> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ ...options, application_name: `referral lock ${name}`.slice(0, 63) });
  let held = false;
  let stopHeartbeat = (): void => undefined;
  const lost = (): void => {
    held = false;
    stopHeartbeat();
  };
  client.on('error', lost);
  client.on('end', lost);
  try {
    await client.connect();
    await client.query(NOTICE_THE_DEAD);
    const { rows } = await client.query<{ taken: number }>(
      'select pg_try_advisory_lock(hashtextextended($1, 0)) as taken',
      [`referral:${name}`],
    );
    held = rows[0]?.taken === 1;
    if (held && onLost !== undefined) {
      stopHeartbeat = await startHeartbeat(client, () => {
        held = false;
        // A farewell would wait for an answer, too.
        client.connection.stream.destroy();
        onLost();
      });
    }
  } catch (error) {
    await client.end().catch(() => undefined);
    throw connectionError(error, url);
  }
  if (!held) {
    await client.end();
    return undefined;
  }
  return {
    name,
    async release() {
      held = false;
      stopHeartbeat();
      await client.end().catch(() => undefined);
    },
    isHeld: () => held,
  };
}
