import { notCsv } from './recognise-content.ts';

const MAX_COLUMNS = 2_000;

/** Column names from the cells of a header line: trimmed; an empty one becomes `column_3`, a repeated one `email_2`. */
export function readHeader(cells: readonly string[]): readonly string[] {
  if (cells.length > MAX_COLUMNS) {
    throw notCsv(
      `its first line has ${cells.length} columns`,
      `Up to ${MAX_COLUMNS} are read; check --delimiter.`,
    );
  }
  const trimmed = cells.map((cell) =>
    cell
      .replace(/^\uFEFF/, '')
      .trim()
      .normalize('NFC'),
  );
  const taken = new Set(trimmed);
  const seen = new Set<string>();
  return trimmed.map((name, index) => {
    const wanted = name === '' ? `column_${index + 1}` : name;
    const unique =
      seen.has(wanted) || (name === '' && taken.has(wanted)) ? uniqueName(wanted, taken, seen) : wanted;
    seen.add(unique);
    return unique;
  });
}

function uniqueName(name: string, taken: ReadonlySet<string>, seen: ReadonlySet<string>): string {
  let count = 2;
  while (taken.has(`${name}_${count}`) || seen.has(`${name}_${count}`)) count += 1;
  return `${name}_${count}`;
}

/** Was this column without a name in the file? */
export function isUnnamed(name: string, index: number): boolean {
  return name === `column_${index + 1}`;
}
