import { Zip } from 'fflate';
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
const PART_CHARACTERS = 262_144;

export interface Sheet {
  readonly name: string;
  readonly columns: readonly SheetColumn[];
  readonly rows: Iterable<readonly SheetCell[]> | AsyncIterable<readonly SheetCell[]>;
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
  const open = (): ZipEntry => {
    names.push(sheetName(name, names));
    return openZipEntry(zip, `xl/worksheets/sheet${names.length}.xml`);
  };
  const close = async (): Promise<void> => {
    await entry.write(Buffer.from(text + sheetTail(columns, count)));
    await entry.end();
  };
  let entry = open();
  let text = sheetHead(columns);
  let count = 1;
  for await (const cells of rows) {
    if (count >= mostRows) {
      await close();
      yield;
      entry = open();
      text = sheetHead(columns);
      count = 1;
    }
    count += 1;
    text += sheetRow(columns, cells, count);
    if (text.length < PART_CHARACTERS) continue;
    await entry.write(Buffer.from(text));
    yield;
    text = '';
  }
  await close();
  yield;
}

// At most 31 characters, none of []:*?/\, and no two alike.
function sheetName(name: string, taken: readonly string[]): string {
  const base = name.replace(/[[\]:*?/\\']/g, ' ').slice(0, 27);
  const used = new Set(taken.map((one) => one.toLowerCase()));
  let candidate = base;
  for (let number = 2; used.has(candidate.toLowerCase()); number++) candidate = `${base} ${number}`;
  return candidate;
}
