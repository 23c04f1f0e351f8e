import { isSignedBy, type Keyring, signText } from '../settings/keyring.ts';

const PURPOSE = 'unsubscribe';
const TOKEN = /^([0-9a-z]{1,12})-([\w-]{22})$/;

/**
 * What a personal unsubscribe link carries: the customer's integer key and a signature, nothing personal. It is the same in every
 * mail to that customer, works as long as a key of the ring signs it, and can't be made for somebody else.
 */
export function createUnsubscribeToken(keyring: Keyring, customerRef: number): string {
  const subject = customerRef.toString(36);
  return `${subject}-${signText(keyring.current, PURPOSE, subject)}`;
}

/** As long as any customer's token, and signed by nobody: for mails that are only looked at. */
export const STAND_IN_TOKEN = `${'0'.repeat(7)}-${'x'.repeat(22)}`;

/** The customer's key in a token, or in a link that ends in one; undefined when no key of the ring has signed it. */
export function readUnsubscribeToken(keyring: Keyring, text: string): number | undefined {
  const token =
    text
      .trim()
      .split(/[/=?&]/)
      .at(-1) ?? '';
  const [, subject, signature] = TOKEN.exec(token) ?? [];
  if (subject === undefined || signature === undefined) return undefined;
  return isSignedBy(keyring, PURPOSE, subject, signature) ? Number.parseInt(subject, 36) : undefined;
}
