import { resolve } from 'node:path';
import { checkFromAddress } from '../campaigns/check-sender.ts';
import type { Clock } from '../clock.ts';
import { ReferralError } from '../errors.ts';
import type { Config } from '../settings/config.ts';
import { listPlaceholders } from '../settings/placeholders.ts';
import type { MailSigner } from './dkim-signer.ts';
import { isLoopback } from './is-loopback.ts';
import { senderIdentity } from './sender-identity.ts';
import { parseSmtpUrl } from './smtp-url.ts';
import type { Transport, TransportName } from './transport.ts';

export const TRANSPORT_NAMES = ['outbox', 'smtp', 'sendgrid'] as const satisfies readonly TransportName[];

export interface TransportOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** Relative folders are below it. */
  readonly directory: string;
  readonly processId: number;
  /** SMTP connections per batch. */
  readonly connections: number;
  /** A secret, or `credential_missing`. */
  readonly getSecret: (name: string) => Promise<string>;
}

/**
 * The transport of that name, ready to send. Throws `configuration_invalid` when it would show placeholders to
 * customers, and `credential_missing`.
 */
export async function createTransport(name: TransportName, options: TransportOptions): Promise<Transport> {
  const { config, clock } = options;
  const sender = senderIdentity(config);
  if (name === 'outbox') {
    const { createOutboxTransport } = await import('./outbox-transport.ts');
    const directory = resolve(options.directory, config.outbox.directory);
    return createOutboxTransport({ directory, sender, clock, processId: options.processId });
  }
  if (name === 'smtp') {
    const server = parseSmtpUrl(getSmtpUrl(config));
    if (!isLoopback(server.host)) assertRealSender(config, name);
    const { createSmtpTransport } = await import('./smtp-transport.ts');
    const sign = await createSigner(options);
    return createSmtpTransport({ server, sender, clock, connections: options.connections, sign });
  }
  // The key first: without one there is nobody to show placeholders to.
  const apiKey = await options.getSecret('SENDGRID_API_KEY');
  const baseUrl = config.sendgrid.base_url;
  if (!isLoopback(new URL(baseUrl).hostname)) assertRealSender(config, name);
  const { createSendgridTransport } = await import('./sendgrid-transport.ts');
  return createSendgridTransport({ apiKey, baseUrl, sender, clock });
}

function getSmtpUrl(config: Config): string {
  if (config.smtp.url !== undefined) return config.smtp.url;
  throw new ReferralError('configuration_invalid', 'The smtp transport needs a mail server', {
    hint: 'Set REFERRAL_SMTP_URL, such as smtp://user@mail.example.com:587.',
  });
}

async function createSigner({ config, directory }: TransportOptions): Promise<MailSigner | undefined> {
  const { dkim_selector: selector, dkim_key_file: keyFile } = config.smtp;
  if (selector === undefined && keyFile === undefined) return undefined;
  if (selector === undefined || keyFile === undefined) {
    throw new ReferralError('configuration_invalid', 'Signing mails needs a selector and a key', {
      reason: `smtp.${selector === undefined ? 'dkim_selector' : 'dkim_key_file'} is not set`,
      hint: 'Set both smtp.dkim_selector and smtp.dkim_key_file, or neither.',
    });
  }
  const domain = config.mail.dkim_domain ?? domainOf(config.mail.from_email);
  const { createDkimSigner } = await import('./dkim-signer.ts');
  return createDkimSigner({ domain, selector, keyFile: resolve(directory, keyFile) });
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

// Providers take mail from unverified senders, and drop it or spoil the sender's name with it.
function assertRealSender(config: Config, name: TransportName): void {
  assertNoPlaceholders(config, name);
  const { result, message, fix } = checkFromAddress(config);
  if (result === 'passed') return;
  throw new ReferralError('configuration_invalid', `${name} does not send from an unverified address`, {
    reason: message,
    hint: fix ?? 'Set mail.verified_senders.',
    details: { key: 'mail.verified_senders' },
  });
}

function assertNoPlaceholders(config: Config, name: TransportName): void {
  const placeholders = listPlaceholders(config).map(({ key }) => key);
  if (placeholders.length === 0) return;
  throw new ReferralError('configuration_invalid', `${name} would show placeholders to customers`, {
    reason: `not set yet: ${placeholders.join(', ')}`,
    hint: 'Set them in referral.config.json, or try the campaign out with --transport outbox.',
    details: { placeholders },
  });
}
