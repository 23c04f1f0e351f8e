import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Engine } from '../database/database.ts';

/**
 * Does a text contain another, whatever the case? SQLite lowers ASCII letters only, and PostgreSQL does the same under the collation
 * of our columns; for accented letters the searched text is tried in small, in capitals, and with capitals at the start of words.
 */
export function containsText(
  engine: Engine,
  text: Expression<unknown>,
  searched: string,
): RawBuilder<SqlBool> {
  const find = sql.raw(engine === 'sqlite' ? 'instr' : 'strpos');
  const lower = engine === 'sqlite' ? sql`lower(${text})` : sql`lower((${text}) collate "C")`;
  const found = spellings(searched).map((spelling) => sql<SqlBool>`${find}(${lower}, ${spelling}) > 0`);
  return sql`(${sql.join(found, sql` or `)})`;
}

/** The searched text in each case that its letters beyond ASCII may have; ASCII letters in small. */
export function spellings(searched: string): string[] {
  const small = searched.toLowerCase();
  const capitals = searched.toUpperCase();
  const titled = small.replace(
    /(^|[^\p{L}])(\p{L})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
  return [...new Set([small, capitals, titled].map(lowerAscii))];
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
