import { type Config, defaultConfig } from '../settings/config.ts';

const RESERVED =
  /(?:^|[@./])(?:[\w-]+\.)*(?:example\.(?:com|net|org|test)|example|test|invalid)(?:[/:{?]|$)/i;

/** The settings that still are what a fresh installation has and no mail to a customer may show. */
export function placeholdersIn(config: Config): readonly string[] {
  const defaults = defaultConfig();
  return [
    ...(isReserved(config.mail.from_email) ? ['mail.from_email'] : []),
    ...(config.mail.postal_address === defaults.mail.postal_address ? ['mail.postal_address'] : []),
    ...(isReserved(hostOf(config.unsubscribe.base_url)) ? ['unsubscribe.base_url'] : []),
    ...(config.links.referral_url === defaults.links.referral_url ? ['links.referral_url'] : []),
  ];
}

// RFC 2606: these names lead nowhere.
function isReserved(text: string): boolean {
  return RESERVED.test(text);
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}
