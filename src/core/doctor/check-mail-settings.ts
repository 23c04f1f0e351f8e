import { checkFromAddress } from '../campaigns/check-sender.ts';
import type { Config } from '../settings/config.ts';
import { listPlaceholders } from '../settings/placeholders.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** What `init` writes in front of a secret that it made up, so that it is known for one. */
export const GENERATED_PREFIX = 'generated-';

const LEAST_SECRET_LENGTH = 32;

const TOPICS: readonly { readonly check: string; readonly key: string; readonly label: string }[] = [
  { check: 'sender', key: 'mail.from_email', label: 'The sender' },
  { check: 'organisation', key: 'mail.organisation', label: 'The organisation' },
  { check: 'postal_address', key: 'mail.postal_address', label: 'The postal address' },
  { check: 'unsubscribe_link', key: 'unsubscribe.base_url', label: 'The base of the unsubscribe links' },
  { check: 'referral_link', key: 'links.referral_url', label: 'The base of the referral links' },
];

/** Who mail comes from and what it links to. A placeholder is a warning, and a failure once a real provider is set up. */
export function checkMailSettings(config: Config, sendsForReal: boolean): readonly Check[] {
  const placeholders = new Map(listPlaceholders(config).map(({ key, value }) => [key, value]));
  const topics = TOPICS.map(({ check, key, label }) => {
    const value = placeholders.get(key);
    if (value === undefined) return ok(check, `${label} is set`);
    const report = sendsForReal ? fail : warn;
    return report(
      check,
      `${label} is a placeholder: ${value}`,
      `Set ${key} in referral.config.json, or run: referral init`,
    );
  });
  return placeholders.has('mail.from_email') ? topics : [...topics, checkVerified(config, sendsForReal)];
}

/** A real provider is not used before its operator says which senders it has verified. */
function checkVerified(config: Config, sendsForReal: boolean): Check {
  const { result, message, fix } = checkFromAddress(config);
  if (result === 'passed') return ok('verified_sender', message);
  return (sendsForReal ? fail : warn)('verified_sender', message, fix ?? '');
}

/** The secret that signs links and hashes addresses. */
export function checkSecret(secret: string | undefined): Check {
  const advice =
    'Set REFERRAL_SECRET, REFERRAL_SECRET_FILE or REFERRAL_SECRET_COMMAND to 32 random characters or more';
  if (secret === undefined) {
    return warn(
      'secret',
      'REFERRAL_SECRET is not set; links are signed with one that the database generated',
      advice,
    );
  }
  if (secret.length < LEAST_SECRET_LENGTH) {
    return fail('secret', `REFERRAL_SECRET has ${secret.length} characters, which can be guessed`, advice);
  }
  if (secret.startsWith(GENERATED_PREFIX)) {
    return warn(
      'secret',
      'REFERRAL_SECRET is the one that init generated into .env',
      'Keep it where you keep secrets, before the first mail: one that changes later ends the links in mails already sent',
    );
  }
  return ok('secret', 'REFERRAL_SECRET is set');
}
