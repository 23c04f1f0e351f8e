import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface SinkMail {
  readonly from: string;
  readonly to: string;
  readonly raw: string;
}

/** What the server answers instead of taking a mail; `cut` hangs up after it has the whole body, `reset` before it. */
export type SmtpFault =
  | { readonly at: 'rcpt' | 'data'; readonly code: number }
  | { readonly at: 'cut'; readonly accepts: boolean }
  | { readonly at: 'reset' }
  | { readonly at: 'slow'; readonly milliseconds: number };

export interface SmtpSink {
  readonly url: string;
  readonly accepted: readonly SinkMail[];
  /** The server's log of what it took, in the form that `events import` reads: by the Message-ID that it was given. */
  events(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves when nobody is connected any more, so that nothing more can be taken. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface SinkOptions extends SMTPServerOptions {
  /** Called when a mail was taken and nothing was answered yet, with the user who logged in. */
  readonly taken?: (user: string) => void;
}

/** An SMTP server on the loopback interface, with faults by recipient, and an exact record of what it took. */
export async function startSmtpSink(
  fault: (to: string, attempt: number) => SmtpFault | undefined = () => undefined,
  { taken, ...more }: SinkOptions = {},
): Promise<SmtpSink> {
  const accepted: SinkMail[] = [];
  const faults = new Map<string, SmtpFault | undefined>();
  const attempts = new Map<string, number>();
  let open = 0;
  const failure = (code: number) => Object.assign(new Error('said no'), { responseCode: code });
  const hangUp = (id: string): void => {
    for (const connection of server.connections) {
      if (connection.session.id === id) connection._socket.destroy();
    }
  };
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username }, _session, callback) => callback(null, { user: username }),
    ...more,
    onRcptTo({ address }, session, callback) {
      const attempt = (attempts.get(address) ?? 0) + 1;
      attempts.set(address, attempt);
      // One throw of the dice per attempt: what happens at DATA was decided here.
      const found = fault(address, attempt);
      faults.set(address, found);
      if (found?.at === 'reset') hangUp(session.id);
      else if (found?.at === 'rcpt') callback(failure(found.code));
      else callback();
    },
    onData(stream, session, callback) {
      const to = session.envelope.rcptTo[0]?.address ?? '';
      const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
      const found = faults.get(to);
      const take = async (): Promise<void> => {
        const raw = await text(stream);
        if (found?.at === 'data') return callback(failure(found.code));
        if (found?.at === 'slow') await sleep(found.milliseconds);
        if (found?.at !== 'cut' || found.accepts) {
          accepted.push({ from, to, raw });
          taken?.(String(session.user ?? ''));
        }
        if (found?.at === 'cut') hangUp(session.id);
        else callback();
      };
      open += 1;
      const work = take().finally(() => {
        open -= 1;
      });
      work.catch(() => undefined);
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
    events: () => accepted.map(logEntry),
    async quiet() {
      while (open + server.connections.size > 0) await sleep(5);
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function logEntry({ to, raw }: SinkMail, index: number) {
  const [, reference = ''] = /^Message-ID: <([^@>]+)@/m.exec(raw) ?? [];
  return {
    email: to,
    timestamp: 1_790_000_000 + index,
    event: 'delivered',
    sg_event_id: `log-${reference}-${index}`,
    delivery: reference,
  };
}
