import { parseAttributes } from '../customers/parse-attributes.ts';
import { formatScaledInteger } from '../money.ts';
import type { WritableRows } from '../reports/xlsx/workbook.ts';
import { columnName, STYLE_OF, sheetCell } from '../reports/xlsx/workbook-parts.ts';
import type { ByteText } from './byte-text.ts';
import { findAttributes, placeOfAttribute } from './find-attributes.ts';
import type { PackedField, PackedKind, PackedRows } from './packed-rows.ts';
import { writeHundredths } from './write-hundredths.ts';
import {
  findSerialDay,
  findSerialText,
  writeInlineText,
  writeNumber,
  writeSerial,
} from './write-sheet-cell.ts';

// More digits than a workbook keeps of a number.
const MOST_DIGITS = 15;
const ROW = Buffer.from('<row r="');
const ROW_OPENED = Buffer.from('">');
const ROW_END = Buffer.from('</row>');
const TEXT = Buffer.from('" t="inlineStr">');
const CELL_END = Buffer.from('</c>');
const VALUE_END = Buffer.from('</v></c>');

interface Column {
  readonly field: number;
  readonly kind: PackedKind;
  readonly index: number;
  /** `<c r="A`, before the number of the row. */
  readonly open: Buffer;
  /** After it, for a number. */
  readonly number: Buffer;
}

/** Packed rows as the rows of a sheet: the same cells as `sheetRow` gives. The columns are the fields `columns`, then `attributes`. */
export async function* formatPackedSheet(
  fields: readonly PackedField[],
  rows: AsyncIterable<PackedRows>,
  { columns, attributes }: { readonly columns: readonly string[]; readonly attributes: readonly string[] },
): AsyncGenerator<WritableRows> {
  const written = columns.map((key, index) => columnOf(fields, key, index));
  const attributesAt = fields.findIndex(({ kind }) => kind === 'attributes');
  const named = attributes.map((name, at) => ({
    name: Buffer.from(name),
    open: Buffer.from(`<c r="${columnName(columns.length + at)}`),
  }));
  for await (const packed of rows) {
    yield {
      count: packed.rows,
      write(out, row, number) {
        const base = row * fields.length * 2;
        out.addBytes(ROW);
        writeNumber(out, number);
        out.addBytes(ROW_OPENED);
        for (const column of written) writeCell(out, column, packed, base, number);
        if (named.length > 0) writeAttributes(out, named, packed, base + attributesAt * 2, number);
        out.addBytes(ROW_END);
      },
    };
  }
}

function columnOf(fields: readonly PackedField[], key: string, index: number): Column {
  const field = fields.findIndex((candidate) => candidate.key === key);
  const kind = fields[field]?.kind ?? 'text';
  const open = Buffer.from(`<c r="${columnName(index)}`);
  const style = { integer: STYLE_OF.integer, hundredths: STYLE_OF.decimal, time: STYLE_OF.time };
  const number = kind === 'text' || kind === 'attributes' ? 0 : style[kind];
  return { field, kind, index, open, number: Buffer.from(`" s="${number}"><v>`) };
}

function writeCell(out: ByteText, column: Column, packed: PackedRows, base: number, row: number): void {
  const { bytes, places } = packed;
  const start = places[base + column.field * 2] ?? 0;
  const end = places[base + column.field * 2 + 1] ?? -1;
  if (end <= start) return;
  switch (column.kind) {
    case 'time':
      writeTime(out, column, row, bytes, start, end);
      return;
    case 'integer':
      openNumber(out, column, row);
      out.addBytes(bytes, start, end);
      out.addBytes(VALUE_END);
      return;
    case 'hundredths':
      writeAmount(out, column, row, bytes, start, end);
      return;
    default:
      writeText(out, column.open, row, bytes, start, end);
  }
}

function openNumber(out: ByteText, { open, number }: Column, row: number): void {
  out.addBytes(open);
  writeNumber(out, row);
  out.addBytes(number);
}

function writeText(
  out: ByteText,
  open: Buffer,
  row: number,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  if (start === end) return;
  out.addBytes(open);
  writeNumber(out, row);
  out.addBytes(TEXT);
  writeInlineText(out, bytes, start, end);
  out.addBytes(CELL_END);
}

function writeTime(
  out: ByteText,
  column: Column,
  row: number,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  const day = findSerialDay(bytes, start, end);
  if (day !== undefined) {
    openNumber(out, column, row);
    writeSerial(out, day, bytes, start);
    out.addBytes(VALUE_END);
    return;
  }
  const text = findSerialText(bytes, start, end);
  if (text === undefined) {
    writeText(out, column.open, row, bytes, start, end);
    return;
  }
  openNumber(out, column, row);
  out.addText(text);
  out.addBytes(VALUE_END);
}

function writeAmount(
  out: ByteText,
  column: Column,
  row: number,
  bytes: Buffer,
  start: number,
  end: number,
): void {
  if (end - start > MOST_DIGITS) {
    const amount = formatScaledInteger(Number(bytes.toString('latin1', start, end)), 2);
    out.addText(sheetCell(column.index, row, amount, 'decimal'));
    return;
  }
  openNumber(out, column, row);
  writeHundredths(out, bytes, start, end);
  out.addBytes(VALUE_END);
}

interface NamedColumn {
  readonly name: Buffer;
  readonly open: Buffer;
}

const found: number[] = [];

function writeAttributes(
  out: ByteText,
  columns: readonly NamedColumn[],
  { bytes, places }: PackedRows,
  place: number,
  row: number,
): void {
  const start = places[place] ?? 0;
  const end = places[place + 1] ?? -1;
  const count = findAttributes(bytes, start, end, found);
  if (count === -1) {
    writeValues(out, columns, parseAttributes(bytes.toString('utf8', start, end)), row);
    return;
  }
  for (const { name, open } of columns) {
    const at = placeOfAttribute(name, bytes, found, count);
    if (at !== -1) writeText(out, open, row, bytes, found[at] ?? 0, found[at + 1] ?? 0);
  }
}

function writeValues(
  out: ByteText,
  columns: readonly NamedColumn[],
  values: Readonly<Record<string, string>>,
  row: number,
): void {
  for (const { name, open } of columns) {
    const key = name.toString();
    if (!Object.hasOwn(values, key)) continue;
    const value = Buffer.from(values[key] ?? '');
    writeText(out, open, row, value, 0, value.length);
  }
}
