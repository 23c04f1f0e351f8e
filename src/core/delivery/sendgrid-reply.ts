import type { Halt } from './transport.ts';

/** What a reply of SendGrid means for the request that it answers. */
export type SendgridVerdict =
  | { readonly kind: 'accepted'; readonly messageId: string | null }
  /** These personalizations, by position, are bad; the rest can be sent again without them. */
  | { readonly kind: 'bad_entries'; readonly entries: ReadonlyMap<number, string> }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'in_doubt'; readonly error: string }
  | { readonly kind: 'halt'; readonly halt: Halt };

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

const ENTRY = /^personalizations\.(\d+)(?:\.|$)/;

/** Reads a reply; `now` in milliseconds since the epoch. */
export function readSendgridReply(reply: HttpReply, now: number): SendgridVerdict {
  const { status } = reply;
  const error = `SendGrid answered ${status}${describe(reply.body)}`;
  if (status >= 200 && status < 300) {
    const id = reply.headers['x-message-id'];
    return { kind: 'accepted', messageId: typeof id === 'string' && id !== '' ? id : null };
  }
  if (status === 401 || status === 403)
    return { kind: 'halt', halt: { kind: 'credential_refused', reason: error } };
  if (status === 413) return { kind: 'too_large' };
  if (status === 429 || status === 503) {
    return { kind: 'halt', halt: { kind: 'wait', milliseconds: waitOf(reply.headers, now), reason: error } };
  }
  // The server failed on the way: it may have taken the request first.
  if (status >= 500) return { kind: 'in_doubt', error };
  const entries = badEntries(reply.body);
  if (status === 400 && entries.size > 0) return { kind: 'bad_entries', entries };
  return { kind: 'halt', halt: { kind: 'provider_refused', reason: error } };
}

/** How long to wait: until `X-RateLimit-Reset` (epoch seconds), or for `Retry-After` seconds; a second when not told. */
function waitOf(headers: Readonly<Record<string, unknown>>, now: number): number {
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  const after = Number(headers['retry-after'] ?? Number.NaN);
  const told = Number.isFinite(after) ? after * 1_000 : Number.isFinite(reset) ? reset * 1_000 - now : 1_000;
  return Math.min(Math.max(told, 100), 3_600_000);
}

function errorsOf(body: unknown): readonly { readonly message?: unknown; readonly field?: unknown }[] {
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  return Array.isArray(errors) ? errors.filter((error) => typeof error === 'object' && error !== null) : [];
}

function badEntries(body: unknown): ReadonlyMap<number, string> {
  const entries = new Map<number, string>();
  for (const { field, message } of errorsOf(body)) {
    const index = typeof field === 'string' ? ENTRY.exec(field)?.[1] : undefined;
    if (index !== undefined) entries.set(Number(index), withoutAddresses(String(message ?? 'refused')));
  }
  return entries;
}

function describe(body: unknown): string {
  const messages = errorsOf(body).map((error) => withoutAddresses(String(error.message ?? '')));
  return messages.length === 0 ? '' : `: ${messages.slice(0, 3).join('; ')}`;
}

// What a provider says can quote an address, which outlives its erasure in our records.
function withoutAddresses(text: string): string {
  return text.replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '(address)').slice(0, 300);
}
