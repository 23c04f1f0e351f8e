import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Clock } from '../clock.ts';
import { compileMime, type MimeWriter } from './compile-mime.ts';
import type { MailSigner } from './dkim-signer.ts';
import { isLoopback } from './is-loopback.ts';
import type { SenderIdentity } from './sender-identity.ts';
import { readSmtpFailure, type SmtpFailure, type SmtpVerdict } from './smtp-outcome.ts';
import type { SmtpServer } from './smtp-url.ts';
import type { DeliverResult, Halt, Mail, Message, Outcome, Transport } from './transport.ts';

export interface SmtpOptions {
  readonly server: SmtpServer;
  readonly sender: SenderIdentity;
  readonly clock: Clock;
  /** Connections that one batch is spread over. */
  readonly connections: number;
  readonly sign?: MailSigner | undefined;
  /** How long a silent server is waited for. */
  readonly timeoutMs?: number;
}

// Servers cut a connection after some hundred mails; starting afresh before that costs little.
const MAILS_PER_CONNECTION = 500;
const TIMEOUT_MS = 60_000;
const GREETING_TIMEOUT_MS = 15_000;

/**
 * Hands mails to an SMTP server over a pool of connections. The pool is our own, over nodemailer's connection: its
 * pool queues a mail again when a connection breaks under it, whether or not the server had taken it.
 */
export async function createSmtpTransport(options: SmtpOptions): Promise<Transport> {
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const idle: PooledConnection[] = [];
  const writers = new Map<Message, MimeWriter>();
  const { server, sender, clock, sign, timeoutMs = TIMEOUT_MS } = options;

  const deliverOver = async (queue: Queue, write: MimeWriter): Promise<void> => {
    let connection: PooledConnection | undefined;
    for (let next = queue.take(); next !== undefined; next = queue.take()) {
      connection ??= idle.pop() ?? (await openConnection(Connection, server, timeoutMs));
      const message = write(next.mail, new Date(clock.milliseconds()));
      const raw = sign === undefined ? message : await sign(message);
      const verdict = await sendOne(connection, sender.fromEmail, next.mail, raw);
      queue.settle(next.index, verdict);
      if (!connection.isUsable || connection.sent >= MAILS_PER_CONNECTION) {
        connection.close();
        connection = undefined;
      }
    }
    if (connection !== undefined) idle.push(connection);
  };

  return {
    name: 'smtp',
    target: `${server.host}:${server.port}`,
    async deliver(message, mails) {
      let write = writers.get(message);
      if (write === undefined) {
        write = compileMime(message, sender);
        writers.set(message, write);
      }
      const queue = createQueue(mails);
      const lanes = Array.from({ length: Math.min(options.connections, mails.length) });
      await Promise.all(lanes.map(() => deliverOver(queue, write)));
      return queue.result();
    },
    close() {
      for (const connection of idle.splice(0)) connection.close();
      return Promise.resolve();
    },
  };
}

interface Queue {
  take(): { readonly index: number; readonly mail: Mail } | undefined;
  settle(index: number, verdict: SmtpVerdict): void;
  result(): DeliverResult;
}

// A batch shared by several connections; after a halt nothing more is taken from it.
function createQueue(mails: readonly Mail[]): Queue {
  const outcomes: (Outcome | undefined)[] = [];
  let halt: Halt | undefined;
  let next = 0;
  return {
    take() {
      const mail = mails[next];
      if (mail === undefined || halt !== undefined) return undefined;
      next += 1;
      return { index: next - 1, mail };
    },
    settle(index, verdict) {
      outcomes[index] = verdict.outcome;
      halt ??= verdict.halt;
    },
    result() {
      const reason = halt?.reason ?? 'not tried';
      const settled = mails.map(
        (_, index): Outcome => outcomes[index] ?? { kind: 'unsent', error: reason, countsAsAttempt: false },
      );
      return halt === undefined ? { outcomes: settled } : { outcomes: settled, halt };
    },
  };
}

interface PooledConnection {
  readonly smtp: SMTPConnection | undefined;
  /** Why it could not be opened. */
  readonly failure: SmtpFailure | undefined;
  isUsable: boolean;
  sent: number;
  close(): void;
}

function openConnection(
  Connection: typeof SMTPConnection,
  server: SmtpServer,
  timeoutMs: number,
): Promise<PooledConnection> {
  const greetingMs = Math.min(timeoutMs, GREETING_TIMEOUT_MS);
  const smtp = new Connection({
    host: server.host,
    port: server.port,
    secure: server.secure,
    requireTLS: server.requireTls,
    // A server on this machine may show a certificate that it made itself.
    tls: { rejectUnauthorized: !isLoopback(server.host) },
    connectionTimeout: greetingMs,
    greetingTimeout: greetingMs,
    socketTimeout: timeoutMs,
  });
  return new Promise((resolve) => {
    const connection: PooledConnection = {
      smtp,
      failure: undefined,
      isUsable: true,
      sent: 0,
      close() {
        connection.isUsable = false;
        if (connection.sent > 0) smtp.quit();
        else smtp.close();
      },
    };
    const fail = (failure: SmtpFailure): void => {
      connection.isUsable = false;
      resolve({ ...connection, smtp: undefined, failure, close: () => smtp.close() });
    };
    // Stays for as long as the connection lives: an error on an idle connection must not end the process.
    smtp.on('error', fail);
    smtp.on('end', () => fail({ message: 'the server closed the connection', code: 'ECONNECTION' }));
    smtp.connect((error) => {
      if (error) return fail(error);
      if (server.user === undefined) return resolve(connection);
      smtp.login({ credentials: { user: server.user, pass: server.password ?? '' } }, (refused) =>
        refused ? fail(refused) : resolve(connection),
      );
    });
  });
}

function sendOne(connection: PooledConnection, from: string, mail: Mail, raw: string): Promise<SmtpVerdict> {
  const { smtp } = connection;
  if (smtp === undefined) {
    return Promise.resolve(readSmtpFailure(connection.failure ?? { message: 'no connection' }, false));
  }
  let bodyStarted = false;
  // nodemailer asks a message with a `pipe` to write itself when the server is ready for the body: the point of doubt.
  const message = {
    pipe(stream: NodeJS.WritableStream) {
      bodyStarted = true;
      stream.write(raw, 'latin1');
      stream.end();
    },
  };
  return new Promise((resolve) => {
    smtp.send({ from, to: [mail.email] }, message as never, (error) => {
      connection.sent += 1;
      if (!error) return resolve({ outcome: { kind: 'accepted', messageId: mail.reference } });
      // Whatever went wrong, a fresh connection has no half-done transaction in it.
      connection.isUsable = false;
      resolve(readSmtpFailure(error as SmtpFailure, bodyStarted));
    });
  });
}
