import { z } from 'zod';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { parseAddress } from '../customers/address-key.ts';
import type { EventType } from '../database/tables.ts';
import { toInstant } from '../time.ts';
import type { ProviderEvent } from './provider-event.ts';

// PostgreSQL keeps neither NUL nor half a character in a text.
const text = z
  .string()
  .transform((value) => value.replaceAll('\0', '').toWellFormed())
  .optional()
  .catch(undefined);

const schema = z.looseObject({
  email: z.string().min(1),
  event: z.string().min(1),
  // Epoch seconds; a moment that a date can hold.
  timestamp: z.coerce.number().int().min(0).max(8_640_000_000_000),
  sg_event_id: text,
  sg_message_id: text,
  'smtp-id': text,
  // The name under which the reference travels; see sendgrid-request.ts.
  delivery: text,
  sg_machine_open: z.boolean().optional().catch(undefined),
  url: text,
  reason: text,
  response: text,
  type: text,
});

type SendgridEvent = z.infer<typeof schema>;

const TYPES: Readonly<Record<string, EventType>> = {
  processed: 'processed',
  deferred: 'deferred',
  delivered: 'delivered',
  open: 'opened',
  click: 'clicked',
  bounce: 'bounced',
  blocked: 'bounced',
  dropped: 'dropped',
  spamreport: 'complained',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
};

const DROPS: Readonly<Record<string, ProviderEvent['suppress']>> = {
  'bounced address': 'bounced',
  'unsubscribed address': 'unsubscribed',
  'spam reporting address': 'complained',
};

/** An entry of a SendGrid event webhook body, or undefined when it is none. */
export function parseSendgridEvent(entry: unknown): ProviderEvent | undefined {
  const { data } = schema.safeParse(entry);
  if (data === undefined) return undefined;
  const type = Object.hasOwn(TYPES, data.event) ? TYPES[data.event] : undefined;
  return {
    providerEventId: data.sg_event_id || `sha256:${sha256(canonicalJson(entry))}`,
    type: type ?? 'other',
    occurredAt: toInstant(data.timestamp * 1_000),
    machineOpen: data.sg_machine_open === true,
    url: data.url ?? null,
    reason: shorten(data.reason ?? data.response),
    email: data.email,
    addressKey: parseAddress(data.email)?.address_key,
    reference: data.delivery,
    messageIds: messageIdsOf(data),
    suppress: suppressionOf(data),
  };
}

/** `sg_message_id` is the id of the request, a dot, and where it was handled; `smtp-id` is the Message-ID header. */
function messageIdsOf(data: SendgridEvent): readonly string[] {
  const whole = data.sg_message_id ?? '';
  const header = (data['smtp-id'] ?? '').replace(/^<|>$/g, '');
  const ids = [
    whole,
    whole.split('.')[0] ?? '',
    whole.replace(/\.(?:filter|recv).*$/, ''),
    header,
    header.split('@')[0] ?? '',
  ];
  return [...new Set(ids.filter((id) => id !== ''))];
}

// A block is a refusal of this mail, not of the address; only a bounce says that the mailbox is not there.
function suppressionOf({ event, type, reason }: SendgridEvent): ProviderEvent['suppress'] {
  if (event === 'unsubscribe' || event === 'group_unsubscribe') return 'unsubscribed';
  if (event === 'spamreport') return 'complained';
  if (event === 'bounce') return type === 'blocked' ? undefined : 'bounced';
  return event === 'dropped' ? DROPS[(reason ?? '').trim().toLowerCase()] : undefined;
}

// What servers say can quote the address, which outlives its erasure in our records.
function shorten(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  return text.replaceAll(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '(address)').slice(0, 300);
}
