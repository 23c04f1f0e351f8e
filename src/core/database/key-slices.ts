/** Keys above `after`, up to and with `until`. */
export interface KeySlice {
  readonly after: number;
  readonly until: number;
}

/** The keys from 1 to `last`, a slice after the other. */
export function* keySlices(last: number, size: number): Generator<KeySlice> {
  for (let after = 0; after < last; after += size) yield { after, until: Math.min(after + size, last) };
}
