import { ReferralError } from '../errors.ts';

/** A mail server as its URL names it. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (`smtps://`); otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  readonly requireTls: boolean;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** `smtp://user:password@host:587`, `smtps://host`, `?require_tls=true` → a server. Throws `configuration_invalid`. */
export function parseSmtpUrl(text: string): SmtpServer {
  let url: URL | undefined;
  try {
    url = new URL(text.trim());
  } catch {
    url = undefined;
  }
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new ReferralError(
      'configuration_invalid',
      'REFERRAL_SMTP_URL is not the address of a mail server',
      {
        hint: 'Write it like smtp://user:password@mail.example.com:587, or smtps:// for TLS from the start.',
      },
    );
  }
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTls: url.searchParams.get('require_tls') === 'true',
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
  };
}
