import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { listMessages } from './sendgrid-activity.ts';

/** What the server does to a request instead of taking it. `lost_reply` takes it and hangs up without a word. */
export type SendgridFault =
  | { readonly kind: 'lost_reply' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'slow'; readonly milliseconds: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      /** Does it take the mails all the same? */
      readonly accepts?: boolean;
    };

export interface Personalization {
  readonly to: readonly { readonly email: string }[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly custom_args?: Readonly<Record<string, string>>;
  readonly substitutions?: Readonly<Record<string, string>>;
}

export interface SendgridBody {
  readonly personalizations: readonly Personalization[];
  readonly from: { readonly email: string; readonly name?: string };
  readonly subject: string;
  readonly content: readonly { readonly type: string; readonly value: string }[];
  readonly mail_settings?: { readonly sandbox_mode?: { readonly enable: boolean } };
}

export interface AcceptedMail {
  readonly email: string;
  readonly messageId: string;
  readonly customArgs: Readonly<Record<string, string>>;
}

export interface SendgridServer {
  readonly url: string;
  /** Every mail it has really taken. */
  readonly accepted: readonly AcceptedMail[];
  /** Every request it has seen, parsed. */
  readonly bodies: readonly SendgridBody[];
  /** The webhook events of what it has taken. */
  events(): readonly Readonly<Record<string, unknown>>[];
  /** Resolves when nobody is connected any more, so that nothing more can be taken. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface SendgridServerOptions {
  readonly fault?: (body: SendgridBody, request: number) => SendgridFault | undefined;
  /** Called when mails were taken and nothing was answered yet, with the key that the client showed. */
  readonly taken?: (apiKey: string) => void;
  /** Refuses every other key with 401. */
  readonly apiKey?: string;
  /** Keeps the bodies it has seen; not for millions. */
  readonly keepBodies?: boolean;
  /** How many requests to the activity log it answers before it says 429, for a tenth of a second. */
  readonly activityLimit?: number;
}

/** SendGrid's v3 mail send and email activity on the loopback interface, with faults, and an exact record of what it took. */
export async function startSendgridServer(options: SendgridServerOptions = {}): Promise<SendgridServer> {
  const accepted: AcceptedMail[] = [];
  const bodies: SendgridBody[] = [];
  let requests = 0;
  let lookUps = 0;
  // Message ids differ from those of every other server that a test has started.
  const token = process.hrtime.bigint().toString(36);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (options.apiKey !== undefined && key !== options.apiKey) {
      reply(response, 401, {}, { errors: [{ message: 'The provided authorization grant is invalid' }] });
      return;
    }
    if (request.method === 'GET') {
      lookUps += 1;
      if (lookUps % ((options.activityLimit ?? Number.POSITIVE_INFINITY) + 1) === 0) {
        reply(response, 429, { 'retry-after': '0.1' }, { errors: [{ message: 'too many requests' }] });
      } else reply(response, 200, {}, listMessages(accepted, request.url ?? ''));
      return;
    }
    const index = requests;
    requests += 1;
    const body = JSON.parse(Buffer.concat(chunks).toString()) as SendgridBody;
    if (body.mail_settings?.sandbox_mode?.enable === true) {
      reply(response, 200, {}, undefined);
      return;
    }
    if (options.keepBodies !== false) bodies.push(body);
    const fault = options.fault?.(body, index);
    const messageId = `m${index.toString(36)}-${token}`;
    const take = (): void => {
      for (const { to, custom_args } of body.personalizations) {
        accepted.push({ email: to[0]?.email ?? '', messageId, customArgs: custom_args ?? {} });
      }
      options.taken?.(key);
    };
    if (fault?.kind === 'reset') {
      request.socket.destroy();
    } else if (fault?.kind === 'lost_reply') {
      take();
      request.socket.destroy();
    } else if (fault?.kind === 'status') {
      if (fault.accepts === true) take();
      reply(response, fault.status, fault.headers ?? {}, fault.body);
    } else {
      if (fault?.kind === 'slow') await sleep(fault.milliseconds, undefined, { ref: false });
      take();
      reply(response, 202, { 'x-message-id': messageId }, undefined);
    }
  };
  let open = 0;
  const server = createServer((request, response) => {
    open += 1;
    const work = answer(request, response).finally(() => {
      open -= 1;
    });
    // A client that was killed in the middle of its request has sent nothing that could be taken.
    work.catch(() => request.socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    bodies,
    events: () =>
      accepted.map(({ email, messageId, customArgs }, index) => ({
        email,
        timestamp: 1_790_000_000 + index,
        event: 'processed',
        sg_event_id: `event-${messageId}-${index}`,
        sg_message_id: `${messageId}.filter0001.1.0`,
        ...customArgs,
      })),
    async quiet() {
      while (open > 0 || (await countConnections(server)) > 0) await sleep(5);
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function countConnections(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
}

function reply(
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
}
