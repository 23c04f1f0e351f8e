import { isLoopback } from '../delivery/is-loopback.ts';
import { parseSmtpUrl } from '../delivery/smtp-url.ts';
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
    const { createTransport } = await import('nodemailer');
    const { host, port, secure, requireTls, user, password } = parseSmtpUrl(url);
    const transport = createTransport({
      host,
      port,
      secure,
      requireTLS: requireTls,
      // As when sending: a server on this machine may show a certificate that it made itself.
      tls: { rejectUnauthorized: !isLoopback(host) },
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
    });
    try {
      await transport.verify();
    } finally {
      transport.close();
    }
  },
};
