import { Zip } from 'fflate';
import { ByteText } from '../../packed/byte-text.ts';
import {
  type SheetCell,
  type SheetColumn,
  sheetHead,
  sheetRow,
  sheetTail,
  workbookParts,
} from './workbook-parts.ts';
import { openZipEntry, type ZipEntry } from './zip-entry.ts';

/** A sheet holds no more rows, its header included; what is beyond goes on in a further sheet. */
const MOST_ROWS = 1_048_576;

type Cells = readonly SheetCell[];

/** Rows that write themselves: each as XML, told the number that it has in its sheet, the header's being 1. */
export interface WritableRows {
  readonly count: number;
  write(out: ByteText, row: number, number: number): void;
}

export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: Iterable<Cells> | AsyncIterable<Cells> | AsyncIterable<WritableRows>;
}

/** A workbook in chunks, in flat memory however many rows there are. The same cells give the same bytes. */
export async function* streamWorkbook(
  sheets: Iterable<Sheet>,
  mostRows = MOST_ROWS,
): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error !== null) throw error;
    chunks.push(chunk);
  });
  const names: string[] = [];
  const take = (): Uint8Array[] => {
    const taken = chunks;
    chunks = [];
    return taken;
  };
  for (const sheet of sheets) {
    for await (const _written of writeSheet(sheet, zip, names, mostRows)) yield* take();
  }
  for (const [path, content] of workbookParts(names)) {
    const entry = openZipEntry(zip, path);
    await entry.write(Buffer.from(content));
    await entry.end();
    entry.close();
  }
  zip.end();
  yield* take();
}

/** The same in one piece. */
export async function formatWorkbook(sheets: Iterable<Sheet>, mostRows = MOST_ROWS): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of streamWorkbook(sheets, mostRows)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// Yields whenever a part has been written, so that what is compressed can go its way.
async function* writeSheet(
  { name, columns, rows }: Sheet,
  zip: Zip,
  names: string[],
  mostRows: number,
): AsyncGenerator<void> {
  const parts = new Parts();
  let sheet = openSheet(name, columns, zip, names, parts);
  try {
    for await (const given of rows) {
      const written = 'write' in given ? given : writable(columns, given);
      for (let row = 0; row < written.count; row += 1) {
        if (sheet.rows >= mostRows) {
          await sheet.close();
          yield;
          sheet = openSheet(name, columns, zip, names, parts);
        }
        sheet.rows += 1;
        written.write(parts.current, row, sheet.rows);
        if (!parts.current.isFull) continue;
        await sheet.entry.write(parts.take());
        yield;
      }
    }
    await sheet.close();
    yield;
  } finally {
    sheet.entry.close();
  }
}

/** Two parts in turn: one is compressed while the other is put together. */
class Parts {
  current = new ByteText();
  #other = new ByteText();

  /** The part so far, valid until the next one is taken. */
  take(): Buffer {
    const taken = this.current.take();
    [this.current, this.#other] = [this.#other, this.current];
    return taken;
  }
}

interface OpenSheet {
  readonly entry: ZipEntry;
  /** With the header. */
  rows: number;
  close(): Promise<void>;
}

function openSheet(
  name: string,
  columns: readonly SheetColumn[],
  zip: Zip,
  names: string[],
  parts: Parts,
): OpenSheet {
  names.push(sheetName(name, names));
  const entry = openZipEntry(zip, `xl/worksheets/sheet${names.length}.xml`);
  parts.current.addText(sheetHead(columns));
  const sheet: OpenSheet = {
    entry,
    rows: 1,
    async close() {
      parts.current.addText(sheetTail(columns, sheet.rows));
      await entry.write(parts.take());
      await entry.end();
      entry.close();
    },
  };
  return sheet;
}

function writable(columns: readonly SheetColumn[], cells: Cells): WritableRows {
  return { count: 1, write: (out, _, number) => out.addText(sheetRow(columns, cells, number)) };
}

// At most 31 characters, none of []:*?/\, and no two alike.
function sheetName(name: string, taken: readonly string[]): string {
  const base = name.replace(/[[\]:*?/\\']/g, ' ').slice(0, 27);
  const used = new Set(taken.map((one) => one.toLowerCase()));
  let candidate = base;
  for (let number = 2; used.has(candidate.toLowerCase()); number++) candidate = `${base} ${number}`;
  return candidate;
}
