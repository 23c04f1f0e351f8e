import type { Clock } from '../clock.ts';
import type { JobNotice } from '../jobs/job-result.ts';
import { SIGNATURE_HEADER, signWebhook } from './sign-webhook.ts';

const TIMEOUT_MS = 10_000;

/** Posts a notice as signed JSON. Throws when it was not taken. */
export async function postNotice(
  url: string,
  secret: string,
  notice: JobNotice,
  clock: Clock,
): Promise<void> {
  const body = JSON.stringify(notice);
  const reply = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      [SIGNATURE_HEADER]: signWebhook(secret, Math.floor(clock.milliseconds() / 1_000), body),
    },
    body,
    // The signature is for this address and no other.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Error(
      `${new URL(url).host} can't be reached: ${cause instanceof Error ? cause.message : cause}`,
    );
  });
  await reply.body?.cancel();
  if (!reply.ok) throw new Error(`${new URL(url).host} answered ${reply.status}`);
}
