export interface WriteBehind<T> {
  /** Begins to write once what was added before is written. Throws what that threw. */
  add(part: T): Promise<void>;
  /** Ends when everything is written. Throws what the last part threw. */
  finish(): Promise<void>;
}

/** Writes part after part, while the next is made: a server takes in the one while this process works on the other. */
export function writeBehind<T>(write: (part: T) => Promise<void>): WriteBehind<T> {
  let written = Promise.resolve();
  return {
    async add(part) {
      await written;
      written = write(part);
      // Whoever adds or finishes next hears of it; until then nobody listens.
      written.catch(() => undefined);
    },
    finish: () => written,
  };
}
