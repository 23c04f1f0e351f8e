import { ownText } from '../own-text.ts';

interface Kept {
  readonly cell: string;
  readonly value: string;
}

// Columns repeat themselves: so many values of each are kept, if they are no longer than this.
const MOST = 10_000;
const LONGEST = 100;
const PLACES = 16_384;
const LETTERS_HASHED = 12;

/**
 * Gives what it gave before for the same cell, as far as that is kept. Most cells are found at the place that their last letters point to,
 * which takes a fraction of what a look into a map takes.
 */
export function rememberCells(read: (cell: string) => string): (cell: string) => string {
  const known = new Map<string, Kept>();
  const places: (Kept | undefined)[] = Array.from({ length: PLACES });

  function find(cell: string): Kept | undefined {
    const kept = known.get(cell);
    if (kept !== undefined || known.size >= MOST || cell.length > LONGEST) return kept;
    const added = { cell: ownText(cell), value: ownText(read(cell)) };
    known.set(added.cell, added);
    return added;
  }

  return (cell) => {
    const place = placeOf(cell);
    const near = places[place];
    if (near?.cell === cell) return near.value;
    const kept = find(cell);
    if (kept === undefined) return read(cell);
    places[place] = kept;
    return kept.value;
  };
}

function placeOf(cell: string): number {
  let hash = cell.length;
  for (let at = Math.max(0, cell.length - LETTERS_HASHED); at < cell.length; at += 1) {
    hash = (Math.imul(hash, 31) + cell.charCodeAt(at)) | 0;
  }
  return hash & (PLACES - 1);
}
