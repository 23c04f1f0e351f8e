import { createHmac, timingSafeEqual } from 'node:crypto';

/** The header that proves who sent a webhook. */
export const SIGNATURE_HEADER = 'x-referral-signature';

const TOLERANCE_SECONDS = 300;

/**
 * `t=1767225600,v1=9f86…`: the time in epoch seconds, and HMAC-SHA256 in hex over `<t>.<body>`. The time is signed
 * too, so that a request that somebody has kept can't be sent again later.
 */
export function signWebhook(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${hmac(secret, seconds, body)}`;
}

/** What a receiver does: was the body signed with the secret, within five minutes of now? */
export function isWebhookSignature(
  secret: string,
  header: string,
  body: string,
  nowSeconds: number,
): boolean {
  const [, time = '', signature = ''] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  if (signature === '' || Math.abs(nowSeconds - Number(time)) > TOLERANCE_SECONDS) return false;
  return timingSafeEqual(Buffer.from(signature), Buffer.from(hmac(secret, Number(time), body)));
}

function hmac(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
}
