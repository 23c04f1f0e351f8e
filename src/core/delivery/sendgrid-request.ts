import { sha256 } from '../canonical-json.ts';
import type { SlotText } from '../templates/message-program.ts';
import { flattenHeader } from './encode-header.ts';
import type { SenderIdentity } from './sender-identity.ts';
import { findSharedSlots } from './shared-slots.ts';
import type { Mail, Message } from './transport.ts';

/** The name under which a delivery's reference travels through SendGrid and comes back in its events. */
export const REFERENCE_ARGUMENT = 'delivery';

// Limits of the v3 mail send endpoint, less a margin for the JSON around them.
const MAX_MAILS = 1_000;
const MAX_REQUEST_BYTES = 25_000_000;
const MAX_SUBSTITUTION_BYTES = 10_000;

/** One request body as JSON text, and the indexes of the mails in it, one per personalization. */
export interface SendgridRequest {
  readonly body: string;
  readonly indexes: readonly number[];
}

/** Builds request bodies for the mails of one message: the text once, per person only what differs. */
export type SendgridWriter = (
  mails: readonly Mail[],
  indexes: readonly number[],
) => readonly SendgridRequest[];

/**
 * Encodes what all mails of a message share once. What is the same for all mails of a request becomes part of its text,
 * and what is the same in several places of each mail travels once per person.
 */
export function compileSendgrid(message: Message, sender: SenderIdentity): SendgridWriter {
  const prefix = `[%${sha256(`${message.campaign}:${message.variant}`).slice(0, 10)}.`;
  const tags = message.program.slots.map((_, index) => `${prefix}${index}%]`);
  const keys = tags.map((tag) => `${JSON.stringify(tag)}:`);
  const writeShared = compileShared(message, sender);

  return (mails, indexes) => {
    const { isConstant, first } = findSharedSlots(mails, indexes);
    const varying = first.flatMap((slot, index) => (slot === index && !isConstant[slot] ? [slot] : []));
    const sample = mails[indexes[0] ?? -1]?.filled ?? [];
    const shared = writeShared(
      first.map((slot) => (isConstant[slot] === true ? sample[slot] : tags[slot]) ?? ''),
    );
    const requests: SendgridRequest[] = [];
    const batch = createBatch(shared, requests);
    for (const index of indexes) {
      const mail = mails[index];
      if (mail === undefined) continue;
      const substitutions = writeSubstitutions(mail, varying, keys);
      if (fits(substitutions, MAX_SUBSTITUTION_BYTES)) {
        batch.add(index, writePersonalization(mail, `,"substitutions":${substitutions}`));
        continue;
      }
      // Too much that differs: this one travels alone, with everything filled in.
      const body = `{"personalizations":[${writePersonalization(mail, '')}${writeShared(mail.filled)}`;
      requests.push({ body, indexes: [index] });
    }
    batch.flush();
    return requests;
  };
}

interface Batch {
  add(index: number, personalization: string): void;
  flush(): void;
}

// Collects personalizations into requests, split by number and by bytes.
function createBatch(shared: string, requests: SendgridRequest[]): Batch {
  const sharedBytes = Buffer.byteLength(shared);
  let text = '';
  let indexes: number[] = [];
  let bytes = sharedBytes;
  const flush = (): void => {
    if (indexes.length > 0) requests.push({ body: `{"personalizations":[${text}${shared}`, indexes });
    text = '';
    indexes = [];
    bytes = sharedBytes;
  };
  return {
    flush,
    add(index, personalization) {
      const size = Buffer.byteLength(personalization) + 1;
      if (indexes.length === MAX_MAILS || bytes + size > MAX_REQUEST_BYTES) flush();
      text += indexes.length === 0 ? personalization : `,${personalization}`;
      indexes.push(index);
      bytes += size;
    },
  };
}

function writeSubstitutions(mail: Mail, varying: readonly number[], keys: readonly string[]): string {
  let text = '{';
  for (const slot of varying) {
    const value = JSON.stringify(mail.filled[slot] ?? '');
    text += `${text === '{' ? '' : ','}${keys[slot] ?? ''}${value}`;
  }
  return `${text}}`;
}

function writePersonalization(mail: Mail, rest: string): string {
  const unsubscribe = JSON.stringify(`<${flattenHeader(mail.unsubscribeUrl)}>`);
  return (
    `{"to":[{"email":${JSON.stringify(mail.email)}}],"headers":{"List-Unsubscribe":${unsubscribe},` +
    `"List-Unsubscribe-Post":"List-Unsubscribe=One-Click"},"custom_args":{"${REFERENCE_ARGUMENT}":` +
    `${JSON.stringify(mail.reference)}}${rest}}`
  );
}

// A character of a JavaScript text takes at most three bytes: most texts need not be counted.
function fits(text: string, bytes: number): boolean {
  return text.length * 3 <= bytes || Buffer.byteLength(text) <= bytes;
}

/** Everything after the last personalization, for given values of the slots. */
function compileShared(
  { program }: Message,
  { fromEmail, fromName, replyTo }: SenderIdentity,
): (values: readonly string[]) => string {
  const from = JSON.stringify({ email: fromEmail, name: fromName });
  const reply = replyTo === undefined ? '' : `,"reply_to":${JSON.stringify({ email: replyTo })}`;
  const [subject, plain, html] = [program.subject, program.text, program.html].map(compileJsonText);
  return (values) =>
    `],"from":${from}${reply},"subject":${subject?.(values)},"content":[` +
    `{"type":"text/plain","value":${plain?.(values)}},{"type":"text/html","value":${html?.(values)}}]}`;
}

function compileJsonText({ statics, slots }: SlotText): (values: readonly string[]) => string {
  const encoded = statics.map(innerJson);
  return (values) => {
    let text = `"${encoded[0] ?? ''}`;
    for (const [index, slot] of slots.entries())
      text += innerJson(values[slot] ?? '') + (encoded[index + 1] ?? '');
    return `${text}"`;
  };
}

function innerJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
