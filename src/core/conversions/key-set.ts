const PAGE_BITS = 15;
const PAGE = 1 << PAGE_BITS;

/** A set of keys of the database in one bit each: a million of them in 125 kB when they lie close together. */
export interface KeySet {
  has(key: number): boolean;
  /** Adds a key; was it new? */
  add(key: number): boolean;
  readonly size: number;
}

/** An empty set of whole numbers from 0 on. */
export function createKeySet(): KeySet {
  const pages = new Map<number, Uint8Array>();
  let size = 0;
  const pageOf = (key: number): number => Math.floor(key / PAGE);
  return {
    get size() {
      return size;
    },
    has(key) {
      const at = key % PAGE;
      return (((pages.get(pageOf(key))?.[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
    },
    add(key) {
      let page = pages.get(pageOf(key));
      if (page === undefined) {
        page = new Uint8Array(PAGE >> 3);
        pages.set(pageOf(key), page);
      }
      const at = key % PAGE;
      const before = page[at >> 3] ?? 0;
      const after = before | (1 << (at & 7));
      if (before === after) return false;
      page[at >> 3] = after;
      size += 1;
      return true;
    },
  };
}
