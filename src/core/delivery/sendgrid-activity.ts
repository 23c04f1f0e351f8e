import type { Clock } from '../clock.ts';
import { parseAddress } from '../customers/address-key.ts';
import { ReferralError } from '../errors.ts';
import type { Sleep } from './pace.ts';
import { readSendgridReply } from './sendgrid-reply.ts';
import { REFERENCE_ARGUMENT } from './sendgrid-request.ts';

export interface ActivityOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly signal: AbortSignal;
}

/** A mail to look for: the name that travelled with it, and the mailbox that it went to. */
export interface SoughtMail {
  readonly reference: string;
  readonly addressKey: string;
}

/** Gives the references of the mails that the provider has taken. Not being found proves nothing: its log lags behind. */
export type FindTaken = (mails: readonly SoughtMail[]) => Promise<ReadonlySet<string>>;

// A query names this many mails: what fits well into a URL. The log answers six requests a minute.
export const SOUGHT_AT_ONCE = 20;
const MAX_ROWS = 1_000;
const MAX_WAITS = 20;
const TIMEOUT_MS = 30_000;

/**
 * Searches SendGrid's email activity by the custom argument that every mail carries. Its rows name the mailbox and not the
 * argument, so a search holds each mailbox once. Throws `credential_refused`, `provider_unreachable`.
 */
export function createActivitySearch(options: ActivityOptions): FindTaken {
  return async (mails) => {
    const query = mails
      .map(({ reference }) => `(unique_args['${REFERENCE_ARGUMENT}']="${reference}")`)
      .join(' OR ');
    const rows = await ask(options, query);
    const taken = new Set(rows.map((row) => parseAddress(row)?.address_key));
    return new Set(mails.filter(({ addressKey }) => taken.has(addressKey)).map(({ reference }) => reference));
  };
}

async function ask(options: ActivityOptions, query: string): Promise<readonly string[]> {
  const { apiKey, baseUrl, clock, sleep, signal } = options;
  const url = new URL('/v3/messages', baseUrl);
  url.searchParams.set('limit', String(MAX_ROWS));
  url.searchParams.set('query', query);
  for (let waits = 0; !signal.aborted && waits <= MAX_WAITS; waits += 1) {
    const reply = await get(url, apiKey);
    const body: unknown = await reply.json().catch(() => undefined);
    if (reply.status === 200) return addressesIn(body);
    const headers = Object.fromEntries(reply.headers);
    const verdict = readSendgridReply({ status: reply.status, headers, body }, clock.milliseconds());
    if (verdict.kind !== 'halt' || verdict.halt.kind !== 'wait') throw refused(reply.status);
    await sleep(verdict.halt.milliseconds, signal);
  }
  if (signal.aborted)
    throw new ReferralError('interrupted', 'Interrupted; what was found is recorded', {
      hint: 'Run the same command again to look up the rest.',
    });
  throw unreachable('it keeps asking to wait');
}

async function get(url: URL, apiKey: string): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'manual',
    });
  } catch (error) {
    throw unreachable(error instanceof Error ? error.message : String(error));
  }
}

function addressesIn(body: unknown): readonly string[] {
  const messages =
    typeof body === 'object' && body !== null && 'messages' in body ? body.messages : undefined;
  if (!Array.isArray(messages)) throw unreachable('its answer is not a list of messages');
  return messages.flatMap((row: unknown) =>
    typeof row === 'object' && row !== null && 'to_email' in row && typeof row.to_email === 'string'
      ? [row.to_email]
      : [],
  );
}

function unreachable(reason: string): ReferralError {
  return new ReferralError('provider_unreachable', "SendGrid's email activity can't be searched", {
    reason,
    hint: 'What was found is recorded. Try again later, or import its events: referral events import FILE.',
  });
}

function refused(status: number): ReferralError {
  if (status !== 401 && status !== 403) return unreachable(`SendGrid answered ${status}`);
  return new ReferralError('credential_refused', 'SendGrid refuses to show its email activity', {
    reason: `it answered ${status}`,
    hint: 'The account needs the add-on for email activity history, and the key the permission Email Activity.',
  });
}
