/** The text of one entry, or undefined in place of something that can't be one. */
export type EntryText = string | undefined;

// No event is anywhere near this long; an unclosed brace must not swallow a whole file into memory.
const MAX_ENTRY = 1_000_000;

/**
 * Cuts webhook bodies into their entries: arrays, arrays one after the other, one object per line, in any mixture. What
 * is broken is given as undefined, and reading goes on at the next line that begins an object.
 */
export async function* splitJsonEntries(chunks: AsyncIterable<string>): AsyncGenerator<EntryText> {
  const splitter = createSplitter();
  for await (const chunk of chunks) yield* splitter.push(chunk);
  yield* splitter.end();
}

interface Splitter {
  push(chunk: string): EntryText[];
  end(): EntryText[];
}

function createSplitter(): Splitter {
  let entry = '';
  let depth = 0;
  let isInText = false;
  let isEscaped = false;
  /** Between entries, something that can't stand there was seen; told once. */
  let isLost = false;
  let previous = '\n';
  let found: EntryText[] = [];

  const reset = (): void => {
    entry = '';
    depth = 0;
    isInText = false;
    isEscaped = false;
  };
  const fail = (): void => {
    found.push(undefined);
    reset();
  };

  const outside = (character: string): void => {
    if (character === '{') {
      isLost = false;
      entry = character;
      depth = 1;
    } else if (!/[\s[\],\uFEFF]/.test(character)) {
      if (!isLost) found.push(undefined);
      isLost = true;
    }
  };

  // A text can't hold a line end: where one comes, a quote is missing somewhere before.
  const insideText = (character: string): void => {
    if (character === '\n') fail();
    else if (isEscaped) isEscaped = false;
    else if (character === '\\') isEscaped = true;
    else if (character === '"') isInText = false;
  };

  const insideObject = (character: string): void => {
    if (character === '"') isInText = true;
    else if (character === '{') depth += 1;
    else if (character === '}') depth -= 1;
    if (depth > 0) return;
    found.push(entry);
    reset();
  };

  const inside = (character: string): void => {
    entry += character;
    if (entry.length > MAX_ENTRY) fail();
    else if (isInText) insideText(character);
    else insideObject(character);
  };

  return {
    push(chunk) {
      found = [];
      for (const character of chunk) {
        // An object that begins in the first column is a new entry, whatever is still open.
        if (depth > 0 && character === '{' && previous === '\n' && !isInText) fail();
        if (depth === 0) outside(character);
        else inside(character);
        previous = character;
      }
      return found;
    },
    end() {
      found = [];
      if (depth > 0) fail();
      return found;
    },
  };
}
