import { ownText } from '../own-text.ts';

/** What was read of the cells of one column. */
export interface CellMemory {
  readonly read: (cell: string) => string;
  readonly known: Map<string, Kept>;
  /** The cells that came last, each at the place that its letters point to, or beside it. */
  places: (Kept | undefined)[] | undefined;
}

interface Kept {
  readonly cell: string;
  readonly value: string;
}

// Columns repeat themselves: so many values of each are kept, if they are no longer than this.
const MOST = 10_000;
const LONGEST = 100;
const PLACES = 16_384;

/** A memory of what `read` gives for a cell. */
export function createCellMemory(read: (cell: string) => string): CellMemory {
  return { read, known: new Map(), places: undefined };
}

/**
 * What `read` gives for a cell, or gave before, as far as that is kept. Most cells are found at the place that some of their letters point to, or
 * at the one beside it, which takes a fraction of what a look into a map takes.
 */
export function recall(memory: CellMemory, cell: string): string {
  memory.places ??= Array.from({ length: PLACES });
  const { places } = memory;
  const place = placeOf(cell);
  const near = places[place];
  if (near?.cell === cell) return near.value;
  const besides = place ^ 1;
  const beside = places[besides];
  if (beside?.cell === cell) return beside.value;
  const kept = find(memory, cell);
  if (kept === undefined) return memory.read(cell);
  // What was there stays within reach: two cells that come in turns would put each other out.
  places[besides] = near;
  places[place] = kept;
  return kept.value;
}

function find({ known, read }: CellMemory, cell: string): Kept | undefined {
  const kept = known.get(cell);
  if (kept !== undefined || known.size >= MOST || cell.length > LONGEST) return kept;
  const added = { cell: ownText(cell), value: ownText(read(cell)) };
  known.set(added.cell, added);
  return added;
}

/** Of the first letters and the last ones: in dates, times and numbers these are the ones that differ. */
function placeOf(cell: string): number {
  const { length } = cell;
  if (length < 5) return shortPlaceOf(cell);
  let hash = length;
  hash = Math.imul(hash, 31) + cell.charCodeAt(0);
  hash = Math.imul(hash, 31) + cell.charCodeAt(3);
  hash = Math.imul(hash, 31) + cell.charCodeAt(length >> 1);
  hash = Math.imul(hash, 31) + cell.charCodeAt(length - 4);
  hash = Math.imul(hash, 31) + cell.charCodeAt(length - 2);
  hash = Math.imul(hash, 31) + cell.charCodeAt(length - 1);
  return hash & (PLACES - 1);
}

function shortPlaceOf(cell: string): number {
  let hash = cell.length;
  for (let at = 0; at < cell.length; at += 1) hash = Math.imul(hash, 31) + cell.charCodeAt(at);
  return hash & (PLACES - 1);
}
