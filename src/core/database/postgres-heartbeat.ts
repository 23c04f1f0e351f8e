import type { Client } from 'pg';

/*
 * A network that swallows packets closes no connection: both ends would go on believing in it for a quarter of an hour.
 * The client asks every two seconds and gives up when an answer takes seven; the server ends a session that has asked
 * nothing for ten. So whoever is cut off knows it at least a second before the lock is free for others.
 */
const ASK_EVERY_MS = 2_000;
const ANSWER_WITHIN_MS = 7_000;
const SERVER_GIVES_UP_MS = 10_000;

/** Keeps asking the server whether it is there; calls `onLost` once when it is not. Gives a function that ends it. */
export async function startHeartbeat(client: Client, onLost: () => void): Promise<() => void> {
  // Servers before PostgreSQL 14 have no such setting; there the kernel's keep-alive has to do.
  await client.query(
    `select set_config(name, '${SERVER_GIVES_UP_MS}', false) from pg_settings where name = 'idle_session_timeout'`,
  );
  let overdue: NodeJS.Timeout | undefined;
  const stop = (): void => {
    clearInterval(beat);
    clearTimeout(overdue);
    overdue = undefined;
  };
  const lose = (): void => {
    stop();
    onLost();
  };
  // A process that was itself held up reads first what has come meanwhile: timers run before sockets.
  const loseUnlessAnswered = (asked: NodeJS.Timeout): void => {
    setImmediate(() => {
      if (overdue === asked) lose();
    });
  };
  const ask = (): void => {
    if (overdue !== undefined) return;
    const asked = setTimeout(() => loseUnlessAnswered(asked), ANSWER_WITHIN_MS).unref();
    overdue = asked;
    client.query('select 1').then(() => {
      clearTimeout(overdue);
      overdue = undefined;
    }, lose);
  };
  const beat = setInterval(ask, ASK_EVERY_MS).unref();
  return stop;
}
