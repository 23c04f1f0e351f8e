import { formatCsvCell, formatCsvRow } from '../csv/format-csv.ts';
import { parseAttributes } from '../customers/parse-attributes.ts';
import { ByteText } from './byte-text.ts';
import { findAttributes, placeOfAttribute } from './find-attributes.ts';
import type { PackedField, PackedRows } from './packed-rows.ts';
import { writeCsvCell } from './write-csv-cell.ts';
import { writeHundredths } from './write-hundredths.ts';

const COMMA = 0x2c;
const LINE_FEED = 0x0a;

export interface PackedCsv {
  /** The fields that are columns, in their order; attributes among them stand for the columns of `attributes`. */
  readonly columns: readonly string[];
  /** The names of the attributes that are columns, after the others. */
  readonly attributes: readonly string[];
  readonly raw: boolean;
}

/** Packed rows as CSV with a header, the same bytes as `formatCsvRow` gives; each chunk is valid until the next is asked for. */
export async function* formatPackedCsv(
  fields: readonly PackedField[],
  rows: AsyncIterable<PackedRows>,
  { columns, attributes, raw }: PackedCsv,
): AsyncGenerator<Buffer> {
  const out = new ByteText();
  out.addText(formatCsvRow([...columns, ...attributes.map((name) => `attributes.${name}`)], { raw }));
  const cells = columns.map((key) => fields.findIndex((field) => field.key === key));
  const hundredths = fields.map(({ kind }) => kind === 'hundredths');
  const attributesAt = fields.findIndex(({ kind }) => kind === 'attributes');
  const names = attributes.map((name) => Buffer.from(name));
  for await (const packed of rows) {
    for (let row = 0; row < packed.rows; row += 1) {
      const base = row * fields.length * 2;
      writeCells(out, packed, base, { cells, hundredths, raw });
      if (names.length > 0) writeAttributes(out, packed, base + attributesAt * 2, names, raw);
      out.addByte(LINE_FEED);
      if (out.isFull) yield out.take();
    }
  }
  yield out.take();
}

interface CellsOf {
  /** Which field each column is. */
  readonly cells: readonly number[];
  /** Of each field: is it one of hundredths? */
  readonly hundredths: readonly boolean[];
  readonly raw: boolean;
}

function writeCells(
  out: ByteText,
  { bytes, places }: PackedRows,
  base: number,
  { cells, hundredths, raw }: CellsOf,
): void {
  for (let index = 0; index < cells.length; index += 1) {
    if (index > 0) out.addByte(COMMA);
    const cell = cells[index] ?? 0;
    const start = places[base + cell * 2] ?? 0;
    const end = places[base + cell * 2 + 1] ?? -1;
    if (end <= start) continue;
    if (hundredths[cell] === true) writeHundredths(out, bytes, start, end);
    else writeCsvCell(out, bytes, start, end, raw);
  }
}

const found: number[] = [];

function writeAttributes(
  out: ByteText,
  { bytes, places }: PackedRows,
  place: number,
  names: readonly Buffer[],
  raw: boolean,
): void {
  const start = places[place] ?? 0;
  const end = places[place + 1] ?? -1;
  const count = findAttributes(bytes, start, end, found);
  if (count === -1) {
    const values = parseAttributes(bytes.toString('utf8', start, end));
    for (const name of names) writeAttribute(out, values, name.toString(), raw);
    return;
  }
  for (const name of names) {
    out.addByte(COMMA);
    const at = placeOfAttribute(name, bytes, found, count);
    if (at !== -1) writeCsvCell(out, bytes, found[at] ?? 0, found[at + 1] ?? 0, raw);
  }
}

function writeAttribute(
  out: ByteText,
  values: Readonly<Record<string, string>>,
  name: string,
  raw: boolean,
): void {
  out.addByte(COMMA);
  if (Object.hasOwn(values, name)) out.addText(formatCsvCell(values[name], raw));
}
