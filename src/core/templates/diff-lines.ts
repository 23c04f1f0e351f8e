export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
}

/** The shortest way from one text to another, line by line: the longest common subsequence, removed before added. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const left = before.split('\n');
  const right = after.split('\n');
  const lengths = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < left.length || column < right.length) {
    const [from, to] = [left[row], right[column]];
    if (from !== undefined && from === to) {
      lines.push({ kind: 'same', text: from });
      row += 1;
      column += 1;
    } else if (
      from !== undefined &&
      (to === undefined || at(lengths, row + 1, column) >= at(lengths, row, column + 1))
    ) {
      lines.push({ kind: 'removed', text: from });
      row += 1;
    } else {
      lines.push({ kind: 'added', text: to ?? '' });
      column += 1;
    }
  }
  return lines;
}

/** The changed lines with `context` unchanged ones around them, as `diff -u` writes them, without its line numbers. */
export function formatDiff(lines: readonly DiffLine[], context = 3): string[] {
  const near = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    if (kind === 'same') continue;
    for (let offset = -context; offset <= context; offset += 1) near.add(index + offset);
  }
  const signs = { same: ' ', removed: '-', added: '+' } as const;
  const written: string[] = [];
  for (const [index, { kind, text }] of lines.entries()) {
    if (!near.has(index)) continue;
    if (written.length > 0 && !near.has(index - 1)) written.push('…');
    written.push(`${signs[kind]} ${text}`);
  }
  return written;
}

// lengths[row][column]: lines in common from there to both ends.
function commonLengths(left: readonly string[], right: readonly string[]): readonly Uint32Array[] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let row = left.length - 1; row >= 0; row -= 1) {
    const current = lengths[row] ?? new Uint32Array(0);
    for (let column = right.length - 1; column >= 0; column -= 1) {
      current[column] =
        left[row] === right[column]
          ? at(lengths, row + 1, column + 1) + 1
          : Math.max(at(lengths, row + 1, column), at(lengths, row, column + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly Uint32Array[], row: number, column: number): number {
  return lengths[row]?.[column] ?? 0;
}
