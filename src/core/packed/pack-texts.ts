import type { PackedField, PackedRows } from './packed-rows.ts';

/** Rows that were read as values, packed. */
export function packTexts(
  fields: readonly PackedField[],
  rows: readonly Readonly<Record<string, string | number | null>>[],
): PackedRows {
  const places = new Int32Array(rows.length * fields.length * 2);
  const texts: Buffer[] = [];
  let place = 0;
  let at = 0;
  for (const row of rows) {
    for (const { key } of fields) {
      const value = row[key] ?? null;
      const text = Buffer.from(value === null ? '' : String(value));
      texts.push(text);
      places[place] = at;
      at += text.length;
      places[place + 1] = value === null ? -1 : at;
      place += 2;
    }
  }
  return { bytes: Buffer.concat(texts), places, rows: rows.length };
}
