import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Clock } from '../clock.ts';
import { isLoopback } from './is-loopback.ts';
import { isNeverSent } from './network-error.ts';
import type { SenderIdentity } from './sender-identity.ts';
import { readSendgridReply, type SendgridVerdict } from './sendgrid-reply.ts';
import { compileSendgrid, type SendgridRequest, type SendgridWriter } from './sendgrid-request.ts';
import type { DeliverResult, Halt, Mail, Message, Outcome, Transport } from './transport.ts';

export interface SendgridOptions {
  readonly apiKey: string;
  /** `https://api.sendgrid.com`, `https://api.eu.sendgrid.com`, or a test server. */
  readonly baseUrl: string;
  readonly sender: SenderIdentity;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/** Hands mails to SendGrid's v3 API, up to 1,000 in a request. */
export async function createSendgridTransport(options: SendgridOptions): Promise<Transport> {
  const post = await createPost(options);
  const writers = new Map<Message, SendgridWriter>();
  return {
    name: 'sendgrid',
    target: new URL(options.baseUrl).host,
    async deliver(message, mails) {
      let write = writers.get(message);
      if (write === undefined) {
        write = compileSendgrid(message, options.sender);
        writers.set(message, write);
      }
      return deliverAll(mails, write, post);
    },
    close: () => {
      post.close();
      return Promise.resolve();
    },
  };
}

interface Post {
  (body: string): Promise<SendgridVerdict>;
  close(): void;
}

async function createPost({ apiKey, baseUrl, clock, timeoutMs }: SendgridOptions): Promise<Post> {
  const { default: shared } = await import('@sendgrid/client');
  // The package gives a shared client; its class hangs on it, which its types don't say.
  const { Client } = shared as unknown as { readonly Client: new () => typeof shared };
  const client = new Client();
  const agents = {
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
  };
  // The header directly: setApiKey() warns on the console and puts the base URL back.
  client.setDefaultHeader('Authorization', `Bearer ${apiKey}`);
  client.setDefaultRequest({
    baseUrl,
    timeout: timeoutMs ?? TIMEOUT_MS,
    ...agents,
    // The body is JSON text already; axios would parse it to see whether it is.
    transformRequest: [(body: unknown) => body],
    // The client's own error handling never settles in a folder with a "(" in its name.
    validateStatus: () => true,
    maxRedirects: 0,
    ...(isLoopback(new URL(baseUrl).hostname) ? { proxy: false } : {}),
  } as never);
  const post = async (body: string): Promise<SendgridVerdict> => {
    try {
      const [reply] = await client.request({ method: 'POST', url: '/v3/mail/send', body });
      const headers = reply.headers as Readonly<Record<string, unknown>>;
      return readSendgridReply({ status: reply.statusCode, headers, body: reply.body }, clock.milliseconds());
    } catch (error) {
      const reason =
        error instanceof Error && error.message !== ''
          ? error.message
          : String((error as { code?: unknown }).code);
      if (isNeverSent(error)) return { kind: 'halt', halt: { kind: 'unreachable', reason } };
      return { kind: 'in_doubt', error: reason };
    }
  };
  const close = (): void => {
    agents.httpAgent.destroy();
    agents.httpsAgent.destroy();
  };
  return Object.assign(post, { close });
}

/** Sends the requests of a batch one after the other; what a reply leaves open is split and sent again. */
async function deliverAll(mails: readonly Mail[], write: SendgridWriter, post: Post): Promise<DeliverResult> {
  const outcomes: (Outcome | undefined)[] = [];
  const queue: SendgridRequest[] = [...write(mails, [...mails.keys()])];
  let halt: Halt | undefined;
  for (let request = queue.shift(); request !== undefined && halt === undefined; request = queue.shift()) {
    const answer = readAnswer(request.indexes, await post(request.body));
    for (const [index, outcome] of answer.settled) outcomes[index] = outcome;
    halt = answer.halt;
    queue.unshift(...answer.again.flatMap((indexes) => write(mails, indexes)));
  }
  const reason = halt?.reason ?? 'not tried';
  const unsent: Outcome = { kind: 'unsent', error: reason, countsAsAttempt: false };
  const settled = mails.map((_, index) => outcomes[index] ?? unsent);
  return halt === undefined ? { outcomes: settled } : { outcomes: settled, halt };
}

interface Answer {
  readonly settled: ReadonlyMap<number, Outcome>;
  /** Groups of mails to be sent again, each in a request of its own. */
  readonly again: readonly (readonly number[])[];
  readonly halt?: Halt;
}

function readAnswer(indexes: readonly number[], verdict: SendgridVerdict): Answer {
  const all = (outcome: Outcome) => new Map(indexes.map((index) => [index, outcome]));
  switch (verdict.kind) {
    case 'accepted':
    case 'in_doubt':
      return { settled: all(verdict), again: [] };
    case 'halt':
      return { settled: new Map(), again: [], halt: verdict.halt };
    case 'too_large': {
      if (indexes.length === 1) return { settled: all(TOO_LARGE), again: [] };
      const middle = Math.ceil(indexes.length / 2);
      return { settled: new Map(), again: [indexes.slice(0, middle), indexes.slice(middle)] };
    }
    case 'bad_entries': {
      const settled = new Map<number, Outcome>();
      for (const [entry, error] of verdict.entries) {
        const index = indexes[entry];
        if (index !== undefined) settled.set(index, { kind: 'refused', error });
      }
      // An error that names nobody of ours would come back for ever.
      if (settled.size === 0) return { settled, again: [], halt: NOBODY_OF_OURS };
      return { settled, again: [indexes.filter((index) => !settled.has(index))] };
    }
  }
}

const TOO_LARGE: Outcome = { kind: 'refused', error: 'SendGrid answered 413: the mail is too large' };
const NOBODY_OF_OURS: Halt = {
  kind: 'provider_refused',
  reason: 'SendGrid refused an entry that was not sent',
};
