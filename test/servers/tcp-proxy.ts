import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server, and can let the network between them fall silent. */
export interface TcpProxy {
  readonly port: number;
  /** From now on nothing gets through, and nobody is told: connections stay open, new ones are made and stay silent. */
  swallow(): void;
  /** New connections get through again; the old ones stay silent. */
  mend(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(port: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  };
  let silent = false;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client);
    if (silent) return;
    const upstream = connect({ port, host, allowHalfOpen: true });
    keep(upstream);
    client.pipe(upstream).pipe(client);
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    swallow() {
      silent = true;
      for (const socket of sockets) {
        socket.unpipe();
        // What either end does from now on is not told to the other.
        socket.removeAllListeners('close').removeAllListeners('end');
        socket.on('close', () => sockets.delete(socket));
        socket.pause();
      }
    },
    mend() {
      silent = false;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
