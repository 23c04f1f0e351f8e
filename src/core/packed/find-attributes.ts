const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COLON = 0x3a;
const COMMA = 0x2c;

/**
 * Where the names and values of a JSON object of texts stand: start and end of a name, start and end of its value, and so on, without
 * the quotes. Returns how many numbers that are, or -1 for anything with an escape in it or of another shape, which `JSON.parse` is for.
 */
export function findAttributes(bytes: Buffer, start: number, end: number, places: number[]): number {
  if (bytes[start] !== OPEN) return -1;
  if (end - start === 2) return 0;
  let at = start;
  let count = 0;
  for (;;) {
    const name = findText(bytes, at + 1, places, count);
    if (name === -1 || bytes[name] !== COLON) return -1;
    at = findText(bytes, name + 1, places, count + 2);
    if (at === -1) return -1;
    count += 4;
    if (bytes[at] === CLOSE) return at + 1 === end ? count : -1;
    if (bytes[at] !== COMMA) return -1;
  }
}

/** Where the place of the value of that name is among the first `count` places that were found, or -1. */
export function placeOfAttribute(
  name: Buffer,
  bytes: Buffer,
  places: readonly number[],
  count: number,
): number {
  for (let at = 0; at < count; at += 4) {
    const start = places[at] ?? 0;
    if ((places[at + 1] ?? 0) - start !== name.length) continue;
    let index = 0;
    while (index < name.length && name[index] === bytes[start + index]) index += 1;
    if (index === name.length) return at + 2;
  }
  return -1;
}

/** A text in quotes, perhaps after a blank: notes its place, and returns where it goes on behind it, or -1. */
function findText(bytes: Buffer, from: number, places: number[], index: number): number {
  const quote = bytes[from] === SPACE ? from + 1 : from;
  if (bytes[quote] !== QUOTE) return -1;
  for (let at = quote + 1; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === BACKSLASH) return -1;
    if (byte !== QUOTE) continue;
    places[index] = quote + 1;
    places[index + 1] = at;
    return at + 1;
  }
  return -1;
}
