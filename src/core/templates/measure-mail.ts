import type { MessageProgram } from './message-program.ts';
import type { Slot, SlotText } from './slot.ts';
import type { Value, Values } from './values.ts';
import { findVariable } from './variables.ts';

/** What a mail to one recipient weighs, in bytes of UTF-8. */
export interface MailSize {
  readonly html: number;
  /** Both bodies and the subject, before they are encoded for the way. */
  readonly message: number;
  /** A link that could not be filled in and leads nowhere. */
  readonly hasDeadLink: boolean;
  /** The variables that this recipient has no value for and the template no default, sorted. */
  readonly missing: readonly string[];
}

interface MeteredSlot {
  readonly slot: Slot;
  /** How often it stands in the HTML, and in all parts together. */
  readonly inHtml: number;
  readonly inMessage: number;
}

// Of these variables recipients differ only in code and links; the length of an unsubscribe link is the same but for digits of a key.
const SHARED = new Set(['contest', 'board', 'mail']);
const PERSONAL = new Set(['code', 'code_expires_at', 'referral_link']);
const LOCALES = 1_000;

/**
 * Measures the mails of one message without putting them together. A plan measures every one of a million: what only
 * depends on the contest and on the way of writing is measured once.
 */
export function createMailMeter(program: MessageProgram): (values: Values) => MailSize {
  const metered = program.slots.map((slot, index) => meteredSlot(program, slot, index));
  const shared = metered.filter(({ slot }) => slot.variables.every(isShared));
  const personal = metered.filter(({ slot }) => !slot.variables.every(isShared));
  const fixed = staticBytes(program.html);
  const fixedMessage = fixed + staticBytes(program.text) + staticBytes(program.subject);
  const empty = { html: fixed, message: fixedMessage, hasDeadLink: false, missing: [] };
  const measureShared = byWriting((values) => measureSlots(shared, values, empty));
  return (values) => measureSlots(personal, values, measureShared(values));
}

/** Measures once for each way of writing: what filters look at to know how to write. */
function byWriting(measure: (values: Values) => MailSize): (values: Values) => MailSize {
  const known = new Map<string, MailSize>();
  let last: { readonly writing: readonly Value[]; readonly size: MailSize } | undefined;
  return (values) => {
    const { locale, timezone, reward_currency } = values;
    // Most people are written to in the same way as the one before.
    if (last !== undefined) {
      const [language, zone, currency] = last.writing;
      if (locale === language && timezone === zone && reward_currency === currency) return last.size;
    }
    const writing = [locale, timezone, reward_currency];
    const key = writing.map(String).join(' ');
    let size = known.get(key);
    if (size === undefined) {
      if (known.size >= LOCALES) known.clear();
      size = measure(values);
      known.set(key, size);
    }
    last = { writing, size };
    return size;
  };
}

function measureSlots(slots: readonly MeteredSlot[], values: Values, start: MailSize): MailSize {
  let { html, message, hasDeadLink } = start;
  let missing: Set<string> | undefined;
  for (const { slot, inHtml, inMessage } of slots) {
    const whole = slot.fillWhole(values);
    if (whole === undefined) {
      missing ??= new Set(start.missing);
      slot.addMissing(values, missing);
    }
    const filled = whole ?? slot.fill(values);
    if (filled === '#' && slot.place === 'url') hasDeadLink = true;
    const bytes = Buffer.byteLength(filled);
    html += inHtml * bytes;
    message += inMessage * bytes;
  }
  return {
    ...{ html, message, hasDeadLink },
    missing: missing === undefined ? start.missing : [...missing].sort(),
  };
}

function meteredSlot({ html, text, subject }: MessageProgram, slot: Slot, index: number): MeteredSlot {
  const count = (part: SlotText): number => part.slots.filter((used) => used === index).length;
  const inHtml = count(html);
  return { slot, inHtml, inMessage: inHtml + count(text) + count(subject) };
}

function isShared(variable: string): boolean {
  return SHARED.has(findVariable(variable)?.about ?? '') && !PERSONAL.has(variable);
}

function staticBytes({ statics }: SlotText): number {
  return statics.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}
