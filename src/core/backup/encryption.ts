import { ReferralError } from '../errors.ts';
import type { ManifestEncryption } from './manifest.ts';

/** Encrypts to public keys; what it encrypts can't be read again here. */
export interface Seal {
  /** The public keys, sorted, each once. */
  readonly recipients: readonly string[];
  encrypt(bytes: Uint8Array): Promise<Buffer>;
}

/** Decrypts with a private key. */
export interface Unseal {
  decrypt(bytes: Uint8Array): Promise<Buffer>;
}

/** Throws `usage` for a text that is no public key of age. */
export async function createSeal(recipients: readonly string[]): Promise<Seal> {
  const { Encrypter } = await import('age-encryption');
  const sorted = [...new Set(recipients.map((recipient) => recipient.trim()))].sort();
  const addTo = (encrypter: InstanceType<typeof Encrypter>, recipient: string): void => {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new ReferralError('usage', `"${shorten(recipient)}" is not a public key of age`, {
        hint: 'A public key begins with age1; age-keygen prints it. The private key, AGE-SECRET-KEY-…, is needed only to restore.',
        cause,
      });
    }
  };
  for (const recipient of sorted) addTo(new Encrypter(), recipient);
  return {
    recipients: sorted,
    async encrypt(bytes) {
      const encrypter = new Encrypter();
      for (const recipient of sorted) addTo(encrypter, recipient);
      return Buffer.from(await encrypter.encrypt(bytes));
    },
  };
}

/** `identity`: the lines of an age key file. Throws `credential_refused` for what is none. */
export async function createUnseal(identity: string): Promise<Unseal> {
  const { Decrypter } = await import('age-encryption');
  const keys = identity
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const decrypter = new Decrypter();
  try {
    if (keys.length === 0) throw new Error('it is empty');
    for (const key of keys) decrypter.addIdentity(key);
  } catch (cause) {
    // What was read is a secret, or a file that was named by mistake: none of it is repeated.
    throw new ReferralError('credential_refused', 'The private key for the backup is none of age', {
      reason: 'a key is a line that begins with AGE-SECRET-KEY-',
      hint: 'Name the file that age-keygen wrote: --identity-file FILE, or REFERRAL_BACKUP_IDENTITY_FILE.',
      cause,
    });
  }
  return { decrypt: async (bytes) => Buffer.from(await decrypter.decrypt(bytes)) };
}

/** The key of the hashes of an encrypted backup. Throws `credential_missing`, `credential_refused`. */
export async function openKey(encryption: ManifestEncryption, unseal: Unseal | undefined): Promise<Buffer> {
  const recipients = encryption.recipients.join(', ');
  if (unseal === undefined) {
    throw new ReferralError('credential_missing', 'The backup is encrypted, and there is no private key', {
      reason: `it was encrypted to ${recipients}`,
      hint: 'Give the private key: --identity-file FILE, or REFERRAL_BACKUP_IDENTITY_FILE or …_COMMAND in the environment.',
    });
  }
  try {
    return await unseal.decrypt(Buffer.from(encryption.key, 'base64'));
  } catch (cause) {
    throw new ReferralError('credential_refused', 'This private key does not open the backup', {
      reason: `it was encrypted to ${recipients}`,
      hint: 'Give the private key of one of these: --identity-file FILE. age-keygen -y FILE prints the public key of a file.',
      cause,
    });
  }
}

function shorten(text: string): string {
  // Someone may have pasted the private key.
  return text.startsWith('age1') ? text : `${text.slice(0, 4)}…`;
}
