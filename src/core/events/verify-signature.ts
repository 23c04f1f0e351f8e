import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ReferralError } from '../errors.ts';

/** A public key as SendGrid shows it (base64 of its DER form), or in PEM. Throws `configuration_invalid`. */
export function parseVerificationKey(text: string): KeyObject {
  const trimmed = text.trim();
  try {
    const key = trimmed.startsWith('-----')
      ? createPublicKey(trimmed)
      : createPublicKey({ key: Buffer.from(trimmed, 'base64'), format: 'der', type: 'spki' });
    if (key.asymmetricKeyType === 'ec') return key;
  } catch {
    // Told below: what the library says names no file.
  }
  throw new ReferralError('configuration_invalid', 'The verification key is not an ECDSA public key', {
    hint: 'Copy it from the settings of the signed event webhook: base64 text, or PEM.',
  });
}

/**
 * Did the owner of `key` sign this webhook body? ECDSA P-256 over the timestamp and the raw body, which are joined without
 * a separator: only a timestamp of ten digits can't be shifted into the body.
 */
export function isSigned(
  key: KeyObject,
  timestamp: string,
  body: string | Uint8Array,
  signature: string,
): boolean {
  if (!/^\d{10}$/.test(timestamp)) return false;
  const signed = Buffer.concat([Buffer.from(timestamp), typeof body === 'string' ? Buffer.from(body) : body]);
  try {
    return verify('sha256', signed, key, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
