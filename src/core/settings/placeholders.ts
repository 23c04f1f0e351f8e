import { type Config, defaultConfig } from './config.ts';

export interface Placeholder {
  /** The key of the configuration: `mail.from_email`. */
  readonly key: string;
  readonly value: string;
}

/** Reserved for examples (RFC 2606): nothing sent there or from there arrives. */
const RESERVED = /(^|\.)(test|example|invalid|localhost|example\.(com|net|org))$/i;

/** Values of the configuration that must be changed before mail goes to real people. */
export function listPlaceholders(config: Config): readonly Placeholder[] {
  const { mail, unsubscribe, links } = config;
  const found: Placeholder[] = [];
  if (isReservedHost(mail.from_email.split('@').at(-1)))
    found.push({ key: 'mail.from_email', value: mail.from_email });
  if (mail.organisation === defaultConfig().mail.organisation) {
    found.push({ key: 'mail.organisation', value: mail.organisation });
  }
  if (/placeholder/i.test(mail.postal_address))
    found.push({ key: 'mail.postal_address', value: mail.postal_address });
  if (isReservedHost(new URL(unsubscribe.base_url).hostname)) {
    found.push({ key: 'unsubscribe.base_url', value: unsubscribe.base_url });
  }
  if (isReservedHost(new URL(links.referral_url).hostname)) {
    found.push({ key: 'links.referral_url', value: links.referral_url });
  }
  return found;
}

/** Is this host reserved for examples? Nothing that is linked to it or sent from it arrives. */
export function isReservedHost(host: string | undefined): boolean {
  return host === undefined || RESERVED.test(host);
}
