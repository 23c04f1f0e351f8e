import type { Transporter } from 'nodemailer';
import { isLoopback } from './is-loopback.ts';
import { parseSmtpUrl } from './smtp-url.ts';

/** Lends a client of the SMTP server at `url`, for a question or a single mail; campaigns have a transport of their own. Throws what the server or the network says. */
export async function usingSmtpClient<T>(
  url: string,
  timeoutMs: number,
  work: (client: Transporter) => Promise<T>,
): Promise<T> {
  const { createTransport } = await import('nodemailer');
  const { host, port, secure, requireTls, user, password } = parseSmtpUrl(url);
  const client = createTransport({
    host,
    port,
    secure,
    requireTLS: requireTls,
    // As when sending: a server on this machine may show a certificate that it made itself.
    tls: { rejectUnauthorized: !isLoopback(host) },
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
