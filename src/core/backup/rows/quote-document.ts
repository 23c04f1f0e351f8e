import { toByteText } from '../../byte-text.ts';
import { canonicalJson } from '../../canonical-json.ts';

const REMEMBERED = 1_000;
const remembered = new Map<string, string>();

/**
 * A JSON document, as an engine gives it, as a JSON string of its canonical form (RFC 8785): SQLite keeps the text that was
 * written, PostgreSQL an order and spacing of its own. Both are byte texts, see `toByteText`.
 */
export function quoteDocument(document: string): string {
  if (document === '{}') return '"{}"';
  const flat = formatFlat(document);
  if (flat !== undefined) return `"${flat.replaceAll('"', '\\"')}"`;
  const known = remembered.get(document);
  if (known !== undefined) return known;
  const text = Buffer.from(document, 'latin1').toString('utf8');
  const quoted = toByteText(JSON.stringify(canonicalJson(JSON.parse(text))));
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(document, quoted);
  return quoted;
}

/** Objects of plain texts, as attributes mostly are: nothing in them has to be read. Undefined for all others. */
function formatFlat(document: string): string | undefined {
  if (!document.startsWith('{"') || document.includes('\\')) return undefined;
  const pairs = readPairs(document);
  if (pairs === undefined) return undefined;
  for (let at = 1; at < pairs.length; at += 1) {
    if ((pairs[at - 1]?.key ?? '') >= (pairs[at]?.key ?? '')) return sortPairs(pairs);
  }
  return joinPairs(pairs);
}

function readPairs(document: string): Pair[] | undefined {
  const pairs: Pair[] = [];
  for (let at = 1; ; ) {
    const pair = readPair(document, at);
    if (pair === undefined) return undefined;
    pairs.push(pair);
    at = pair.end;
    if (document[at] === '}') return at === document.length - 1 ? pairs : undefined;
    if (document[at] !== ',') return undefined;
    at += document[at + 1] === ' ' ? 2 : 1;
  }
}

interface Pair {
  readonly key: string;
  readonly text: string;
  readonly end: number;
}

function readPair(document: string, start: number): Pair | undefined {
  if (document[start] !== '"') return undefined;
  const keyEnd = document.indexOf('"', start + 1);
  if (document[keyEnd + 1] !== ':') return undefined;
  const from = keyEnd + (document[keyEnd + 2] === ' ' ? 3 : 2);
  if (document[from] !== '"') return undefined;
  const to = document.indexOf('"', from + 1);
  if (to === -1) return undefined;
  const key = document.slice(start + 1, keyEnd);
  // Canonical order is that of UTF-16, which beyond ASCII is not the order of bytes.
  if (/[^\0-\x7f]/.test(key)) return undefined;
  return { key, text: `"${key}":${document.slice(from, to + 1)}`, end: to + 1 };
}

function sortPairs(pairs: readonly Pair[]): string | undefined {
  const sorted = pairs.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  // Of two values of one key the last one counts, as for every reader of JSON.
  const isRepeated = sorted.some(({ key }, at) => at > 0 && key === sorted[at - 1]?.key);
  return isRepeated ? undefined : joinPairs(sorted);
}

function joinPairs(pairs: readonly Pair[]): string {
  return `{${pairs.map(({ text }) => text).join(',')}}`;
}
