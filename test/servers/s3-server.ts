import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import type { S3Settings } from '../../src/core/backup/stores/s3-errors.ts';

/** What becomes of a request: answered; answered with 500; not at all; with a body that breaks off. */
export type Fault = 'none' | 'error' | 'slow' | 'cut';

/** A server that speaks S3's protocol, behind a proxy that can spoil what it says. */
export interface S3Server {
  readonly bucket: string;
  readonly settings: S3Settings;
  /** From now on decides about each request; `count` is how many came before it. */
  spoil(
    decide: (what: { readonly method: string; readonly path: string; readonly count: number }) => Fault,
  ): void;
  /** Requests so far. */
  requests(): number;
  close(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-s3-'));
  const bucket = 'backups';
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: folder,
    configureBuckets: [{ name: bucket, configs: [] }],
  });
  const { port } = (await server.run()) as AddressInfo;
  let decide: Parameters<S3Server['spoil']>[0] = () => 'none';
  let count = 0;
  const proxy = createServer((incoming, outgoing) => {
    const fault = decide({ method: incoming.method ?? '', path: incoming.url ?? '', count });
    count += 1;
    answer(fault, port, incoming, outgoing);
  });
  await once(proxy.listen(0, '127.0.0.1'), 'listening');
  return {
    bucket,
    settings: {
      endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      credentials: () => Promise.resolve({ accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' }),
      timeoutMs: 300,
    },
    spoil(decision) {
      decide = decision;
    },
    requests: () => count,
    async close() {
      proxy.closeAllConnections();
      await new Promise((closed) => {
        proxy.close(closed);
      });
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function answer(fault: Fault, port: number, incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (fault === 'slow') return;
  if (fault === 'error') {
    incoming.resume();
    outgoing.writeHead(500, { 'content-type': 'application/xml' });
    outgoing.end('<Error><Code>InternalError</Code><Message>We are sorry.</Message></Error>');
    return;
  }
  const { method, url, headers } = incoming;
  const upstream = request({ host: '127.0.0.1', port, method, path: url, headers }, (response) => {
    outgoing.writeHead(response.statusCode ?? 500, response.headers);
    if (fault !== 'cut') {
      response.pipe(outgoing);
      return;
    }
    response.once('data', (bytes: Buffer) => {
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
    });
    response.once('end', () => outgoing.destroy());
  });
  upstream.on('error', () => outgoing.destroy());
  incoming.pipe(upstream);
}
