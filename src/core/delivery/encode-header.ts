const PRINTABLE = /^[\x20-\x7e]*$/;
// RFC 2047: an encoded word has at most 75 characters, 12 of them around the text for UTF-8 and base64.
const WORD_BYTES = 45;

/** A header value on one line: line breaks and other control characters become blanks, which no header can end at. */
export function flattenHeader(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
}

/** A text for a header: as it is when it is short ASCII, else in RFC 2047 encoded words of whole characters. */
export function encodeHeader(text: string): string {
  const flat = flattenHeader(text);
  // A line of a header has at most 998 characters (RFC 5322); a text that looks encoded has to be encoded.
  if (PRINTABLE.test(flat) && flat.length <= 200 && !flat.includes('=?')) return flat;
  const words: string[] = [];
  let word = '';
  for (const character of flat) {
    if (Buffer.byteLength(word + character) > WORD_BYTES) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  if (word !== '') words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join('\r\n ');
}

/** `"Name" <address>` for From and Reply-To. */
export function encodeMailbox(name: string | undefined, email: string): string {
  if (name === undefined || name === '') return email;
  const flat = flattenHeader(name);
  if (!PRINTABLE.test(flat)) return `${encodeHeader(flat)} <${email}>`;
  return `"${flat.replaceAll(/["\\]/g, '\\$&')}" <${email}>`;
}
