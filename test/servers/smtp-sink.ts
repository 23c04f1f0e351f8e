import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface SinkMail {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

/** What the server answers instead of taking a mail; `cut` hangs up after it has the whole body. */
export type SmtpFault =
  | { readonly at: 'mail' | 'rcpt' | 'data'; readonly code: number }
  | { readonly at: 'cut'; readonly accepts: boolean };

export interface SmtpSink {
  readonly url: string;
  readonly accepted: readonly SinkMail[];
  close(): Promise<void>;
}

/** An SMTP server on the loopback interface, with faults by recipient, and an exact record of what it took. */
export async function startSmtpSink(
  fault: (to: string, attempt: number) => SmtpFault | undefined = () => undefined,
  more: SMTPServerOptions = {},
): Promise<SmtpSink> {
  const accepted: SinkMail[] = [];
  const attempts = new Map<string, number>();
  const attemptOf = (to: string): number => attempts.get(to) ?? 0;
  const failure = (code: number) => Object.assign(new Error('said no'), { responseCode: code });
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    ...more,
    onRcptTo({ address }, _session, callback) {
      attempts.set(address, attemptOf(address) + 1);
      const found = fault(address, attemptOf(address));
      if (found?.at === 'rcpt') callback(failure(found.code));
      else callback();
    },
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo[0]?.address ?? '';
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
      const found = fault(to, attemptOf(to));
      text(stream).then(
        (raw) => {
          if (found?.at === 'data') return callback(failure(found.code));
          if (found === undefined || (found.at === 'cut' && found.accepts)) accepted.push({ from, to, raw });
          if (found?.at !== 'cut') return callback();
          for (const connection of server.connections) {
            if (connection.session.id === session.id) connection._socket.destroy();
          }
        },
        () => undefined,
      );
    },
  }) as SMTPServer & {
    readonly connections: Set<{ readonly session: { id: string }; readonly _socket: { destroy(): void } }>;
  };
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    accepted,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
