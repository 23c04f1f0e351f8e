import { toSerial } from './serial-date.ts';

/** How a column's values are stored and shown; whatever does not fit its type is stored as text. */
export type SheetType = 'text' | 'integer' | 'decimal' | 'rate' | 'time' | 'number';

export interface SheetColumn {
  readonly title: string;
  readonly type: SheetType;
  /** In characters. */
  readonly width?: number;
}

export type SheetCell = string | number | boolean | null | undefined;

/** The style of a number in a column of a type, among those of the workbook. */
export const STYLE_OF: Readonly<Record<SheetType, number>> = {
  text: 0,
  integer: 1,
  decimal: 2,
  rate: 3,
  time: 4,
  number: 0,
};
const HEADER_STYLE = 5;
const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const DECIMAL = /^-?\d{1,15}(?:\.\d+)?$/;
const LONGEST_TEXT = 32_767;

/** What a sheet begins with: a frozen, bold header over columns of their own widths. */
export function sheetHead(columns: readonly SheetColumn[]): string {
  const widths = columns.map(
    ({ width, title }, index) =>
      `<col min="${index + 1}" max="${index + 1}" width="${width ?? Math.max(12, title.length + 3)}" customWidth="1"/>`,
  );
  const titles = columns.map(({ title }, index) => textCell(index, 1, title, HEADER_STYLE));
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData><row r="1">${titles.join('')}</row>`;
}

/** One row; `number` counts from 1, the header's is 1. */
export function sheetRow(
  columns: readonly SheetColumn[],
  cells: readonly SheetCell[],
  number: number,
): string {
  const filled = columns.map(({ type }, index) => sheetCell(index, number, cells[index], type));
  return `<row r="${number}">${filled.join('')}</row>`;
}

/** What a sheet ends with. `rows` counts the header too. */
export function sheetTail(columns: readonly SheetColumn[], rows: number): string {
  const last = `${columnName(Math.max(0, columns.length - 1))}${rows}`;
  return `</sheetData><autoFilter ref="A1:${last}"/></worksheet>`;
}

/** The files around the sheets, by their path in the archive. */
export function workbookParts(
  names: readonly string[],
): readonly (readonly [path: string, content: string])[] {
  const sheets = names.map(
    (name, index) => `<sheet name="${escapeXml(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  );
  const relations = names.map(
    (_, index) =>
      `<Relationship Id="rId${index + 1}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${index + 1}.xml"/>`,
  );
  const overrides = names.map(
    (_, index) =>
      `<Override PartName="/xl/worksheets/sheet${index + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`,
  );
  return [
    [
      'xl/workbook.xml',
      `${XML}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${relations.join('')}<Relationship Id="rId${names.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`,
    ],
    ['xl/styles.xml', STYLES],
    [
      '_rels/.rels',
      `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ],
    [
      '[Content_Types].xml',
      `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${overrides.join('')}</Types>`,
    ],
  ];
}

// In the order of STYLE_OF: general, whole numbers, amounts, percentages, times, the header.
const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="6">${[
  0, 3, 4, 10, 164,
]
  .map(
    (format) =>
      `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`,
  )
  .join(
    '',
  )}<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs></styleSheet>`;

/** A cell with a value; `row` counts from 1. */
export function sheetCell(column: number, row: number, value: SheetCell, type: SheetType): string {
  if (value === null || value === undefined || value === '') return '';
  const place = `${columnName(column)}${row}`;
  if (typeof value === 'boolean') return `<c r="${place}" t="b"><v>${value ? 1 : 0}</v></c>`;
  const number = findNumber(value, type);
  if (number !== undefined) return `<c r="${place}" s="${STYLE_OF[type]}"><v>${number}</v></c>`;
  return textCell(column, row, String(value), 0);
}

function findNumber(value: string | number, type: SheetType): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  if (type === 'time') {
    const serial = toSerial(value);
    return serial === undefined ? undefined : String(serial);
  }
  // Only columns of numbers hold numbers: a customer_id such as 007 stays what it is.
  return type !== 'text' && DECIMAL.test(value) ? value : undefined;
}

// Inline text is never taken for a formula, whatever it begins with.
function textCell(column: number, row: number, text: string, style: number): string {
  return `<c r="${columnName(column)}${row}" t="inlineStr"${style === 0 ? '' : ` s="${style}"`}>${inlineText(text)}</c>`;
}

/** A text within a cell, shortened to what a cell holds and without what XML does not take. */
export function inlineText(text: string): string {
  const content = escapeXml(text.slice(0, LONGEST_TEXT)).replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_');
  return `<is><t xml:space="preserve">${content}</t></is>`;
}

/** 0 → `A`, 26 → `AA`. */
export function columnName(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : columnName(Math.floor(index / 26) - 1) + letter;
}

function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: characters that XML does not allow are what is removed
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\r', '&#13;')
  );
}
