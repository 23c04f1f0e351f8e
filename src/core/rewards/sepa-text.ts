/** Letters that do not come apart into a base letter and marks, as banks usually write them. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'TH',
  ł: 'l',
  Ł: 'L',
  ħ: 'h',
  Ħ: 'H',
  ı: 'i',
  '’': "'",
  '‘': "'",
  '–': '-',
  '—': '-',
  '&': '+',
};

/**
 * A text in the characters that every bank of the SEPA area must take (EPC217-08: Latin letters, digits and `/ - ? : ( ) . , ' +` and
 * blanks), at most `length` of them. Marks are dropped, other scripts become blanks; no slash at the ends and no two in a row.
 */
export function sepaText(text: string, length: number): string {
  const latin = Array.from(text.normalize('NFC'), (character) => LETTERS[character] ?? character).join('');
  return latin
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9/\-?:().,'+ ]/g, ' ')
    .replace(/\/{2,}/g, '/')
    .replace(/ {2,}/g, ' ')
    .slice(0, length)
    .replace(/^[/ ]+|[/ ]+$/g, '');
}
