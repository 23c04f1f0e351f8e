import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startSmtpSink } from '../../../test/servers/smtp-sink.ts';
import { clockAt } from '../clock.ts';
import type { JobNotice } from '../jobs/job-result.ts';
import { configSchema } from '../settings/config.ts';
import { isWebhookSignature, signWebhook } from './sign-webhook.ts';
import { createTellOperator } from './tell-operator.ts';

const NOW = '2026-03-04T02:00:05.000Z';
const SECONDS = Date.parse(NOW) / 1_000;
const SECRET = 'a secret that both sides know, 32+';
const notice: JobNotice = {
  ...{ event: 'job.failed', job: 'backup', database: 'referral.db', host: 'web-1', at: NOW },
  ...{ failing_since: NOW, failures: 1, error: 'configuration_invalid', hint: 'Name another folder.' },
};

interface Posted {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function startReceiver(status: number, location?: string): Promise<{ url: string; posted: Posted[] }> {
  const posted: Posted[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      posted.push({ headers: request.headers, body });
      response.writeHead(status, location === undefined ? {} : { location }).end('whatever');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, posted };
}

function tellOver(config: object, getSecret = () => Promise.resolve(SECRET)) {
  return createTellOperator({ config: configSchema.parse(config), clock: clockAt(NOW), getSecret });
}

test('posts a notice that its receiver can prove, and nobody else can write', async () => {
  const { url, posted } = await startReceiver(204);
  const tell = tellOver({ notify: { webhook_url: url } });
  expect(await tell(notice, ['mail', 'webhook'])).toEqual({ told: ['webhook'], problems: [] });
  const [{ headers, body } = { headers: {}, body: '' }] = posted;
  expect(JSON.parse(body)).toEqual(notice);
  const signature = String(headers['x-referral-signature']);
  expect(isWebhookSignature(SECRET, signature, body, SECONDS)).toBe(true);
  expect(isWebhookSignature(SECRET, signature, `${body} `, SECONDS)).toBe(false);
  expect(isWebhookSignature('another secret', signature, body, SECONDS)).toBe(false);
  expect(isWebhookSignature(SECRET, signature, body, SECONDS + 301)).toBe(false);
  expect(isWebhookSignature(SECRET, signature.replace('t=1', 't=2'), body, SECONDS)).toBe(false);
  for (const rubbish of ['', 't=1,v1=', 't=x,v1=zz', signWebhook(SECRET, SECONDS, body).slice(0, -1)])
    expect(isWebhookSignature(SECRET, rubbish, body, SECONDS)).toBe(false);
});

test.each([[500], [404], [302]])('a receiver that answers %i has not been told', async (status) => {
  const elsewhere = await startReceiver(200);
  const { url } = await startReceiver(status, elsewhere.url);
  const { told, problems } = await tellOver({ notify: { webhook_url: url } })(notice, ['webhook']);
  expect(told).toEqual([]);
  expect(problems.join()).toContain(`answered ${status}`);
  // The signature is for one receiver only.
  expect(elsewhere.posted).toEqual([]);
});

test('says why nobody could be told, without the path of the address, which may be secret', async () => {
  const tell = tellOver({ notify: { webhook_url: 'http://127.0.0.1:1/T0K3N' } });
  const { told, problems } = await tell(notice, ['webhook']);
  expect(told).toEqual([]);
  expect(problems.join()).toMatch(/webhook.*backup.*127\.0\.0\.1:1/);
  expect(problems.join()).not.toContain('T0K3N');
  const unsigned = tellOver({ notify: { webhook_url: 'https://hooks.example' } }, () =>
    Promise.reject(new Error('REFERRAL_WEBHOOK_SECRET is not set')),
  );
  expect((await unsigned(notice, ['webhook'])).problems.join()).toContain('is not set');
});

test('mails the operator over the mail server of the campaigns', async () => {
  const sink = await startSmtpSink();
  onTestFinished(() => sink.close());
  const config = { notify: { mail_to: 'ops@travel.nl, ann@travel.nl' }, smtp: { url: sink.url } };
  expect(await tellOver(config)(notice, ['mail', 'webhook'])).toEqual({ told: ['mail'], problems: [] });
  const recovered: JobNotice = { ...notice, event: 'job.recovered', error: null, hint: null, failures: 3 };
  await tellOver(config)(recovered, ['mail']);
  const mails = sink.accepted.map(({ raw }) => raw);
  expect(mails).toHaveLength(2);
  expect(mails[0]).toContain('Subject: [referral] backup fails (referral.db)');
  expect(mails[0]).toContain('Name another folder.');
  expect(mails[0]).toContain('Auto-Submitted: auto-generated');
  expect(mails[1]).toContain('Subject: [referral] backup works again (referral.db)');
});

test('a mail server that is not there fails the notice and nothing else', async () => {
  const config = { notify: { mail_to: 'ops@travel.nl' }, smtp: { url: 'smtp://127.0.0.1:1' } };
  const { told, problems } = await tellOver(config)(notice, ['mail']);
  expect(told).toEqual([]);
  expect(problems).toHaveLength(1);
});
