import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toByteText } from '../byte-text.ts';
import {
  JSONB_ARRAY_HEADER,
  JSONB_NULL,
  jsonbArray,
  jsonbArrayHeader,
  jsonbInteger,
  jsonbText,
  parseJsonbRows,
} from './jsonb.ts';

type Value = string | number | null;

const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.constantFrom('', '"', '\\', '\u0000', 'é', 'x'.repeat(255), 'x'.repeat(256), 'ß'.repeat(40_000)),
  fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
  fc.constant(null),
);

function write(rows: readonly (readonly Value[])[]): Buffer {
  const text = rows.map((row) => jsonbArray(row.map(spell))).join('');
  return Buffer.concat([jsonbArrayHeader(text.length), Buffer.from(text, 'latin1')]);
}

function spell(one: Value): string {
  if (one === null) return JSONB_NULL;
  return typeof one === 'number' ? jsonbInteger(one) : jsonbText(toByteText(one));
}

test('SQLite reads what is written, and so does the reader here', () => {
  const database = new Sqlite(':memory:');
  const statement = database
    .prepare(
      "select json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]') from jsonb_each(?)",
    )
    .raw();
  const valid = database.prepare('select json_valid(?, 8)').pluck();
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, value), { maxLength: 20 }), (rows) => {
      const bytes = write(rows);
      expect(bytes.length).toBeGreaterThanOrEqual(JSONB_ARRAY_HEADER);
      expect(valid.get(bytes)).toBe(1);
      // A NUL ends a text for SQLite's JSON functions; rows of an import have none, since control characters refuse theirs.
      const plain = rows.filter((row) => !row.some((one) => typeof one === 'string' && one.includes('\0')));
      expect(statement.all(write(plain))).toEqual(plain);
      expect(parseJsonbRows(bytes)).toEqual(rows);
    }),
    { numRuns: 300 },
  );
  database.close();
});
