// The spellings of nothing in exports of databases, spreadsheets, R and Python; case matters, because Null and Na are names.
const NOTHING = new Set([
  '',
  'NULL',
  'null',
  '(null)',
  '(NULL)',
  '<null>',
  '\\N',
  'NA',
  'N/A',
  'n/a',
  '#N/A',
  'NaN',
  'nan',
  '-',
  '--',
  '—',
  'none',
  'NONE',
  'nil',
  'NIL',
]);
const LONGEST_NOTHING = Math.max(...[...NOTHING].map((text) => text.length));
// What most cells are: nothing about it has to be trimmed, normalised or forbidden.
const TIDY = /^[!-~](?:[ -~]*[!-~])?$/;
// Normalising leaves these as they are.
const LATIN_1 = /^[\0-\xFF]*$/;
const TRUE = new Set([
  'true',
  't',
  'yes',
  'y',
  '1',
  'on',
  'ja',
  'j',
  'waar',
  'wahr',
  'oui',
  'o',
  'vrai',
  'si',
  'sí',
  's',
  'verdadero',
  'x',
]);
const FALSE = new Set([
  'false',
  'f',
  'no',
  'n',
  '0',
  'off',
  'nee',
  'onwaar',
  'nein',
  'falsch',
  'non',
  'faux',
  'falso',
]);

const NOTHING_BEGINS = new Set([...NOTHING].map((text) => text.charCodeAt(0)));

/** Can a cell of so many characters that begins so say that there is no value? */
export function mayBeNothing(first: number, length: number): boolean {
  return length <= LONGEST_NOTHING && (length === 0 || NOTHING_BEGINS.has(first));
}

/** Does a cell say that there is no value? Blanks around it don't matter. */
export function isNothing(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length <= LONGEST_NOTHING && NOTHING.has(trimmed);
}

/** Does a cell say one of these, further spellings of nothing that an operator names? Blanks around it don't matter. */
export function createNothingCheck(spellings: readonly string[] = []): (cell: string) => boolean {
  const trimmed = new Set(spellings.map((text) => text.trim()));
  return trimmed.size === 0 ? () => false : (cell) => trimmed.has(cell.trim());
}

/** The trimmed, NFC-normalised text of a cell, or undefined when it says nothing. */
export function parseText(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length <= LONGEST_NOTHING && NOTHING.has(trimmed)) return undefined;
  return LATIN_1.test(trimmed) ? trimmed : trimmed.normalize('NFC');
}

/** `yes`, `nee`, `1`, `oui` … → true or false, in English, Dutch, German, French and Spanish; undefined when it is neither. */
export function parseBoolean(text: string): boolean | undefined {
  const key = text.trim().toLowerCase();
  if (TRUE.has(key)) return true;
  return FALSE.has(key) ? false : undefined;
}

/** Is this printable ASCII without blanks around it? Then, unless it says nothing, `parseText` leaves it as it is, and no character of it is forbidden. */
export function isTidy(text: string): boolean {
  return TIDY.test(text);
}

const FORBIDDEN =
  /[^\P{Cc}\t\n\r]|[\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\uFFFE\uFFFF]/u;
const PLAIN = /^[\x20-\x7E\u00A0-\u0600]*$/;

/** Control characters (but not tab and line ends) and those that turn the direction of text: no part of a name, often part of an attack. */
export function hasForbiddenCharacters(text: string): boolean {
  if (PLAIN.test(text)) return false;
  return FORBIDDEN.test(text) || !text.isWellFormed();
}
