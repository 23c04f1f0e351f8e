import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { ReferralError } from '../errors.ts';

/** Who signs: `d=` and `s=` of the signature, and the file of the private key in PEM form. */
export interface DkimOptions {
  readonly domain: string;
  readonly selector: string;
  readonly keyFile: string;
}

/** Gives a whole message back with its DKIM signature before it. */
export type MailSigner = (message: string) => Promise<string>;

// RFC 8058: one-click unsubscribing counts only when both of its headers are signed.
const SIGNED_HEADERS = [
  ...['From', 'Reply-To', 'To', 'Subject', 'Date', 'Message-ID', 'MIME-Version', 'Content-Type'],
  ...['List-Unsubscribe', 'List-Unsubscribe-Post'],
].join(':');

const LEAST_BITS = 1_024;

/**
 * Signs by RFC 6376 with rsa-sha256 and relaxed canonicalization, by nodemailer's signer. Throws `configuration_invalid`
 * for a key that can't sign: nodemailer itself would leave the mails unsigned and say nothing.
 */
export async function createDkimSigner({ domain, selector, keyFile }: DkimOptions): Promise<MailSigner> {
  const privateKey = await readPrivateKey(keyFile);
  const { default: Dkim } = await import('nodemailer/lib/dkim');
  const signer = new Dkim({
    ...{ domainName: domain, keySelector: selector, privateKey },
    headerFieldNames: SIGNED_HEADERS,
  } as never);
  return async (message) => {
    const signed = await text(signer.sign(message));
    if (!signed.startsWith('DKIM-Signature:')) throw new Error('a mail could not be signed');
    return signed;
  };
}

async function readPrivateKey(file: string): Promise<string> {
  const unusable = (reason: string, cause?: unknown): ReferralError =>
    new ReferralError('configuration_invalid', `smtp.dkim_key_file: ${file} can't sign mails`, {
      reason,
      hint: 'Make one with: openssl genrsa -out dkim.pem 2048, and publish its public key at SELECTOR._domainkey.DOMAIN.',
      cause,
    });
  const pem = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw unusable('it can not be read', cause);
  });
  let key: ReturnType<typeof createPrivateKey>;
  try {
    key = createPrivateKey(pem);
  } catch (cause) {
    throw unusable('it holds no private key in PEM form without a passphrase', cause);
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== 'rsa' || bits < LEAST_BITS)
    throw unusable(`it is no RSA key of at least ${LEAST_BITS} bits`);
  return pem;
}
