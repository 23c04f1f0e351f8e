import { sha256 } from '../canonical-json.ts';
import type { SlotText } from '../templates/message-program.ts';
import { joinSlotText } from '../templates/message-program.ts';
import { encodeHeader, encodeMailbox, flattenHeader } from './encode-header.ts';
import { encodeQuotedPrintable } from './quoted-printable.ts';
import type { SenderIdentity } from './sender-identity.ts';
import type { Mail, Message } from './transport.ts';

/** Makes the whole RFC 5322 message of one mail, CRLF line ends, 7-bit. */
export type MimeWriter = (mail: Mail, date: Date) => string;

/**
 * Encodes what all mails of a message share once; per mail only the slots are encoded and spliced in. Two parts, plain
 * text and HTML (RFC 2046), with the unsubscribe headers of RFC 2369 and RFC 8058.
 */
export function compileMime(message: Message, sender: SenderIdentity): MimeWriter {
  // "=_" can't occur in quoted-printable text, so no content can hold the boundary.
  const boundary = `=_${sha256(`${message.campaign}:${message.variant}`).slice(0, 32)}`;
  const domain = sender.fromEmail.slice(sender.fromEmail.lastIndexOf('@') + 1);
  const fixed = [
    `From: ${encodeMailbox(sender.fromName, sender.fromEmail)}`,
    ...(sender.replyTo === undefined ? [] : [`Reply-To: ${sender.replyTo}`]),
    'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
  ].join('\r\n');
  const part = (type: string): string =>
    `--${boundary}\r\nContent-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;
  const text = compileBody(message.program.text);
  const html = compileBody(message.program.html);
  return (mail, date) => {
    const encoded: (string | undefined)[] = [];
    const slot = (index: number): string => {
      encoded[index] ??= encodeQuotedPrintable(mail.filled[index] ?? '', false);
      return encoded[index] ?? '';
    };
    return [
      fixed,
      `To: ${flattenHeader(mail.email)}`,
      `Subject: ${encodeHeader(joinSlotText(message.program.subject, mail.filled))}`,
      `Date: ${date.toUTCString().replace('GMT', '+0000')}`,
      `Message-ID: <${mail.reference}@${domain}>`,
      `List-Unsubscribe: <${flattenHeader(mail.unsubscribeUrl)}>`,
      '',
      `${part('plain')}${text(slot)}`,
      `${part('html')}${html(slot)}`,
      `--${boundary}--`,
      '',
    ].join('\r\n');
  };
}

function compileBody({ statics, slots }: SlotText): (slot: (index: number) => string) => string {
  const encoded = statics.map((text, index) =>
    flatten(encodeQuotedPrintable(text, index === statics.length - 1)),
  );
  return (slot) => {
    let body = encoded[0] ?? '';
    for (const [index, slotIndex] of slots.entries()) body += slot(slotIndex) + (encoded[index + 1] ?? '');
    return body;
  };
}

// A text put together piece by piece stays a tree of its pieces, which every mail would walk through again.
function flatten(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
