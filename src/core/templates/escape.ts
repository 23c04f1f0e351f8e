import type { Place } from './slot.ts';

// Controls but tab, line feed and carriage return; halves of a surrogate pair; what is no character; marks that turn the text around them.
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\p{Surrogate}\p{Noncharacter_Code_Point}]/gu;
const NEEDS_WORK =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: one test decides whether a value needs any work
  /[&<>"'`\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]/;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};
const LINE_BREAKS = /\s*[\t\r\n\u2028\u2029\u0085]\s*/g;
// Nothing to encode, neither as an address nor as markup.
const PLAIN_URL = /^https?:\/\/[\w\-.~:/?#[\]@!$()*+,;=%]+$/;
const SAFE_URL = /^(?:https?:\/\/[^\s]|mailto:[^\s])/i;

/** What an unsafe address in a link is replaced with: a link that leads nowhere. */
const NOWHERE = '#';

/** The escapers by place: each turns a plain value into text that can't leave the place it is put in. */
export const escapers: Readonly<Record<Exclude<Place, 'block'>, (text: string) => string>> = {
  text: escapeMarkup,
  attribute: escapeMarkup,
  url: (text) => (PLAIN_URL.test(text) ? text : escapeMarkup(safeUrl(text))),
  url_part: escapeUrlPart,
  subject: oneLine,
  plain: oneLine,
  plain_url: safeUrl,
};

function escapeMarkup(text: string): string {
  if (!NEEDS_WORK.test(text)) return text;
  return oneLine(text).replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '');
}

/** Without line breaks and control characters: a value can't begin a line or a header of its own. */
function oneLine(text: string): string {
  if (!NEEDS_WORK.test(text)) return text;
  return text.replace(LINE_BREAKS, ' ').replace(UNPRINTABLE, '');
}

// Only these schemes may be linked to; blanks and characters that end an address are percent-encoded.
function safeUrl(text: string): string {
  if (PLAIN_URL.test(text)) return text;
  const url = text.trim();
  if (!SAFE_URL.test(url)) return NOWHERE;
  return oneLine(url).replace(/[\s<>"'`\\^{|}]/g, (character) => encodeURIComponent(character));
}

function escapeUrlPart(text: string): string {
  return encodeURIComponent(oneLine(text)).replace(
    /['()*!]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
