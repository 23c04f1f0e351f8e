/** A part of a JSON document, as text: an entry of the list, or, at the end, all the rest with the list emptied. */
export type JsonPiece =
  | { readonly kind: 'entry'; readonly text: string }
  | { readonly kind: 'rest'; readonly text: string; readonly found: boolean };

/**
 * Cuts the objects of one long list out of a JSON object that has it under `key` at its top level, as they come. The text
 * is not checked beyond that: whoever parses the pieces finds what is wrong with them.
 */
export async function* splitJsonDocument(
  chunks: AsyncIterable<string>,
  key: string,
): AsyncGenerator<JsonPiece> {
  const scanner = createScanner(key);
  for await (const chunk of chunks) yield* scanner.push(chunk);
  yield scanner.end();
}

type Region = 'rest' | 'list' | 'entry';

interface Scanner {
  push(chunk: string): readonly JsonPiece[];
  end(): JsonPiece;
}

// Outside of texts only these say where something begins and ends.
const STRUCTURE = /["\\{}[\]]/g;

function createScanner(key: string): Scanner {
  const listBegins = new RegExp(`"${key}"\\s*:\\s*\\[$`);
  const kept = { rest: '', entry: '', list: '' };
  let region: Region = 'rest';
  let depth = 0;
  let isInText = false;
  /** The place of a character that a backslash before it makes an ordinary one. */
  let escaped = -1;
  let found = false;
  let chunk = '';
  let from = 0;
  let pieces: JsonPiece[] = [];

  const enter = (next: Region, at: number): void => {
    kept[region] += chunk.slice(from, at);
    from = at;
    region = next;
  };
  const open = (at: number): void => {
    depth += 1;
    if (region === 'list') {
      enter('entry', at);
      return;
    }
    if (region !== 'rest' || depth !== 2 || chunk[at] !== '[') return;
    enter('rest', at + 1);
    if (!listBegins.test(kept.rest.slice(-200))) return;
    region = 'list';
    found = true;
  };
  const close = (at: number): void => {
    depth -= 1;
    if (region === 'list' && depth === 1) {
      enter('rest', at);
      // What stood between the entries, where only commas may.
      if (/[^\s,]/.test(kept.list)) pieces.push({ kind: 'entry', text: kept.list });
    } else if (region === 'entry' && depth === 2) {
      enter('list', at + 1);
      pieces.push({ kind: 'entry', text: kept.entry });
      kept.entry = '';
      kept.list = kept.list.trim() === ',' ? '' : kept.list;
    }
  };
  const step = (character: string, at: number): void => {
    if (at === escaped) return;
    if (character === '\\') escaped = at + 1;
    else if (character === '"') isInText = !isInText;
    else if (isInText) return;
    else if (character === '{' || character === '[') open(at);
    else close(at);
  };

  return {
    push(text) {
      chunk = text;
      from = 0;
      pieces = [];
      for (const match of chunk.matchAll(STRUCTURE)) step(match[0], match.index);
      // An escape can be cut in two.
      escaped = escaped >= chunk.length ? escaped - chunk.length : -1;
      enter(region, chunk.length);
      return pieces;
    },
    end: () => ({ kind: 'rest', text: kept.rest, found }),
  };
}
