import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands before a PostgreSQL server and loses answers to COMMIT: the server has committed, the client never hears of it. */
export interface CommitProxy {
  readonly port: number;
  /** How many answers were lost so far. */
  lost(): number;
  /** From now on every `every`th answer to a COMMIT is lost with its connection, `times` times at most. */
  lose(every: number, times?: number): void;
  /** From now on the answer to the `nth` COMMIT is lost, and with it every connection, for good. */
  loseAllAt(nth: number): void;
  close(): Promise<void>;
}

// The tag of PostgreSQL's CommandComplete message. Statements travel the other way, in lower case.
const COMMITTED = Buffer.from('COMMIT\0');

export async function startCommitProxy(port: number, host = '127.0.0.1'): Promise<CommitProxy> {
  const sockets = new Set<Socket>();
  let decide: () => 'pass' | 'lose' | 'lose all' = () => 'pass';
  let isGone = false;
  let lost = 0;
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    return socket.on('close', () => sockets.delete(socket));
  };
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    keep(client);
    if (isGone) {
      client.destroy();
      return;
    }
    const upstream = keep(connect({ port, host }));
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (bytes) => {
      const what = bytes.includes(COMMITTED) ? decide() : 'pass';
      if (what === 'pass') {
        client.write(bytes);
        return;
      }
      lost += 1;
      isGone = what === 'lose all';
      if (isGone) destroyAll();
      else client.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    lost: () => lost,
    lose(every, times = Number.POSITIVE_INFINITY) {
      let seen = 0;
      decide = () => {
        seen += 1;
        return seen % every === 0 && seen / every <= times ? 'lose' : 'pass';
      };
    },
    loseAllAt(nth) {
      let seen = 0;
      decide = () => {
        seen += 1;
        return seen === nth ? 'lose all' : 'pass';
      };
    },
    async close() {
      destroyAll();
      server.close();
      await once(server, 'close');
    },
  };
}
