import { strToU8, Zip, ZipDeflate } from 'fflate';
import {
  type SheetCell,
  type SheetColumn,
  sheetHead,
  sheetRow,
  sheetTail,
  workbookParts,
} from './workbook-parts.ts';

/** A sheet holds no more rows, its header included; what is beyond goes on in a further sheet. */
const MOST_ROWS = 1_048_576;
const CHUNK_CHARACTERS = 262_144;

/** A workbook that is written sheet by sheet; only its compressed bytes are kept. */
export interface Workbook {
  addSheet(
    name: string,
    columns: readonly SheetColumn[],
    rows: Iterable<readonly SheetCell[]> | AsyncIterable<readonly SheetCell[]>,
  ): Promise<void>;
  finish(): Uint8Array;
}

/** An empty workbook. The same cells give the same bytes: the times in the archive are those of no clock. */
export function createWorkbook(mostRows = MOST_ROWS): Workbook {
  const chunks: Uint8Array[] = [];
  const names: string[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
  });
  const open = (path: string): { write(text: string, last?: boolean): void } => {
    const entry = new ZipDeflate(path, { level: 6 });
    entry.mtime = new Date(1980, 0, 1, 12);
    zip.add(entry);
    return { write: (text, last = false) => entry.push(strToU8(text), last) };
  };
  const openSheet = (name: string, columns: readonly SheetColumn[]) => {
    names.push(sheetName(name, names));
    const entry = open(`xl/worksheets/sheet${names.length}.xml`);
    let text = sheetHead(columns);
    let rows = 1;
    return {
      isFull: () => rows >= mostRows,
      add(cells: readonly SheetCell[]) {
        rows += 1;
        text += sheetRow(columns, cells, rows);
        if (text.length < CHUNK_CHARACTERS) return;
        entry.write(text);
        text = '';
      },
      close: () => entry.write(text + sheetTail(columns, rows), true),
    };
  };
  return {
    async addSheet(name, columns, rows) {
      let sheet = openSheet(name, columns);
      for await (const cells of rows) {
        if (sheet.isFull()) {
          sheet.close();
          sheet = openSheet(name, columns);
        }
        sheet.add(cells);
      }
      sheet.close();
    },
    finish() {
      for (const [path, content] of workbookParts(names)) open(path).write(content, true);
      zip.end();
      return concat(chunks);
    },
  };
}

// At most 31 characters, none of []:*?/\, and no two alike.
function sheetName(name: string, taken: readonly string[]): string {
  const base = name.replace(/[[\]:*?/\\']/g, ' ').slice(0, 27);
  const used = new Set(taken.map((one) => one.toLowerCase()));
  let candidate = base;
  for (let number = 2; used.has(candidate.toLowerCase()); number++) candidate = `${base} ${number}`;
  return candidate;
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
