import { type Instant, toInstant } from '../time.ts';

type Parser = (text: string) => unknown;

const BOOL = 16;
const INT8 = 20;
const JSON_TEXT = 114;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;
const JSONB = 3802;

const same: Parser = (text) => text;

// One form per type on both engines: what SQLite stores is what comes back from PostgreSQL.
const PARSERS: ReadonlyMap<number, Parser> = new Map<number, Parser>([
  [BOOL, (text) => (text === 't' ? 1 : 0)],
  [INT8, parseInteger],
  [NUMERIC, (text) => (/^-?\d+$/.test(text) ? parseInteger(text) : Number(text))],
  [JSON_TEXT, same],
  [JSONB, same],
  [DATE, same],
  [TIMESTAMPTZ, parseTimestamp],
]);

/** The parser of a type, or undefined for pg's own. */
export function findPostgresParser(oid: number): Parser | undefined {
  return PARSERS.get(oid);
}

/** A 64-bit integer. Throws `RangeError` beyond what JavaScript counts exactly. */
export function parseInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number))
    throw new RangeError(`${text} is beyond the integers that JavaScript counts exactly`);
  return number;
}

/** `2026-03-01 09:00:00.12+00`, as PostgreSQL writes it in the zone UTC, as an `Instant`. */
export function parseTimestamp(text: string): Instant {
  if (text.length < 22 || text.length > 29 || !text.endsWith('+00') || text[10] !== ' ')
    return toInstant(Date.parse(text));
  const fraction = text.slice(20, -3).slice(0, 3).padEnd(3, '0');
  return `${text.slice(0, 10)}T${text.slice(11, 19)}.${fraction}Z`;
}
