import { sha256 } from '../canonical-json.ts';
import type { SlotText } from '../templates/message-program.ts';
import { joinSlotText } from '../templates/message-program.ts';
import { flattenHeader } from './encode-header.ts';
import type { SenderIdentity } from './sender-identity.ts';
import type { Mail, Message } from './transport.ts';

/** The name under which a delivery's reference travels through SendGrid and comes back in its events. */
const REFERENCE_ARGUMENT = 'delivery';

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

/** Encodes what all mails of a message share once. */
export function compileSendgrid(message: Message, sender: SenderIdentity): SendgridWriter {
  const { program } = message;
  const prefix = `[%${sha256(`${message.campaign}:${message.variant}`).slice(0, 10)}.`;
  const tags = program.slots.map((_, index) => `${prefix}${index}%]`);
  const envelope = {
    from: { email: sender.fromEmail, name: sender.fromName },
    ...(sender.replyTo === undefined ? {} : { reply_to: { email: sender.replyTo } }),
  };
  const shared = closeAfterFirst({ ...envelope, ...content(program, tags) });
  const personalization = (mail: Mail, substitutions: Readonly<Record<string, string>> | undefined): string =>
    JSON.stringify({
      to: [{ email: mail.email }],
      headers: {
        'List-Unsubscribe': `<${flattenHeader(mail.unsubscribeUrl)}>`,
        'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      },
      custom_args: { [REFERENCE_ARGUMENT]: mail.reference },
      ...(substitutions === undefined ? {} : { substitutions }),
    });

  return (mails, indexes) => {
    const requests: SendgridRequest[] = [];
    let parts: string[] = [];
    let members: number[] = [];
    let bytes = shared.length;
    const flush = (): void => {
      if (members.length > 0)
        requests.push({ body: `{"personalizations":[${parts.join(',')}],${shared}`, indexes: members });
      parts = [];
      members = [];
      bytes = shared.length;
    };
    for (const index of indexes) {
      const mail = mails[index];
      if (mail === undefined) continue;
      const substitutions = Object.fromEntries(tags.map((tag, slot) => [tag, mail.filled[slot] ?? '']));
      if (Buffer.byteLength(JSON.stringify(substitutions)) > MAX_SUBSTITUTION_BYTES) {
        // Too much that differs: this one travels alone, with everything filled in.
        const whole = closeAfterFirst({ ...envelope, ...content(program, mail.filled) });
        requests.push({
          body: `{"personalizations":[${personalization(mail, undefined)}],${whole}`,
          indexes: [index],
        });
        continue;
      }
      const part = personalization(mail, substitutions);
      const size = Buffer.byteLength(part) + 1;
      if (members.length === MAX_MAILS || bytes + size > MAX_REQUEST_BYTES) flush();
      parts.push(part);
      members.push(index);
      bytes += size;
    }
    flush();
    return requests;
  };
}

interface Texts {
  readonly subject: SlotText;
  readonly text: SlotText;
  readonly html: SlotText;
}

function content(program: Texts, values: readonly string[]): object {
  return {
    subject: joinSlotText(program.subject, values),
    content: [
      { type: 'text/plain', value: joinSlotText(program.text, values) },
      { type: 'text/html', value: joinSlotText(program.html, values) },
    ],
  };
}

// The members of a JSON object without its opening brace, to be written after another member.
function closeAfterFirst(value: object): string {
  return JSON.stringify(value).slice(1);
}
