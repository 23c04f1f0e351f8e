import { usingSmtpClient } from '../delivery/smtp-client.ts';
import type { ProviderProbe } from './check-provider.ts';

const TIMEOUT_MS = 8_000;

/** Asks the real providers. Neither question sends a mail. */
export const networkProbe: ProviderProbe = {
  async askSendgrid(baseUrl, key) {
    const reply = await fetch(new URL('/v3/scopes', baseUrl), {
      headers: { authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    });
    await reply.body?.cancel();
    return reply.status;
  },
  async askSmtp(url) {
    await usingSmtpClient(url, TIMEOUT_MS, (client) => client.verify());
  },
};
