import { formatCsvRow } from '../../core/csv/format-csv.ts';
import type { Format } from './context.ts';
import type { Palette } from './palette.ts';
import { cellText, plainText } from './plain-text.ts';
import type { Cell, Column, ListResult, ObjectResult, ObjectRows, Result, Row } from './result.ts';
import type { Sink } from './sink.ts';

export interface PrintOptions {
  /** What was asked for, or undefined for what suits the place: a table for a person, plain rows in a pipe. */
  readonly format: Format | undefined;
  readonly terminal: boolean;
  /** Is it a real terminal, where what was printed can be written over? */
  readonly inPlace: boolean;
  readonly width: number;
  readonly height: number;
  readonly palette: Palette;
}

/** Rows of a table are collected for aligning; beyond this many the widths come from the first ones. */
const TABLE_PAGE = 1_000;

/** Prints a result in the asked format; stops quietly when nobody reads any more. */
export async function printResult(result: Result, sink: Sink, options: PrintOptions): Promise<void> {
  switch (result.kind) {
    case 'text':
    case 'file':
      await writeContent(result.kind === 'text' ? ensureLineEnd(result.text) : result.content, sink);
      return;
    case 'live': {
      const { printLive } = await import('./print-live.ts');
      await printLive(result, sink, options);
      return;
    }
    case 'object':
      await printObject(result, sink, options);
      return;
    case 'list':
      await printList(result, sink, options);
  }
}

async function writeContent(
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  sink: Sink,
): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) await sink.write(content);
  else for await (const chunk of content) if (!(await sink.write(chunk))) return;
}

async function printObject(result: ObjectResult, sink: Sink, options: PrintOptions): Promise<void> {
  const { format, terminal } = options;
  const { data, text, rows } = result;
  if (rows !== undefined && (await printObjectRows(data, rows, sink, options))) return;
  if (format === 'json') await sink.write(`${JSON.stringify(data, null, 2)}\n`);
  else if (format === 'ndjson') await sink.write(`${JSON.stringify(data)}\n`);
  else if (format === 'csv') {
    const entries = Object.entries(data as Record<string, Cell>);
    await sink.write(
      `${formatCsvRow(entries.map(([key]) => key))}${formatCsvRow(entries.map(([, cell]) => cellText(cell)))}`,
    );
  } else if (format === 'table' || terminal) {
    await sink.write(text === undefined ? await objectText(data, options) : ensureLineEnd(text));
  } else {
    const lines = Object.entries(data as Record<string, Cell>).map(
      ([key, cell]) => `${key}\t${plainText(cell)}\n`,
    );
    await sink.write(lines.join(''));
  }
}

// What goes into a file or a pipe is not broken into lines of a terminal.
async function objectText(data: object, { inPlace, width, palette }: PrintOptions): Promise<string> {
  const { formatObject } = await import('./format-table.ts');
  return `${formatObject(data, inPlace ? width : undefined, palette).join('\n')}\n`;
}

/** Prints an object whose last key is long; false for a format that does not show it. */
async function printObjectRows(
  data: object,
  { key, columns, list, main }: ObjectRows,
  sink: Sink,
  options: PrintOptions,
): Promise<boolean> {
  const { format, terminal } = options;
  const rows = (async function* () {
    yield* list;
  })();
  if (format === 'json' || (format === 'ndjson' && !main)) {
    const [indent, end] = format === 'json' ? ['  ', '\n'] : ['', ''];
    const text = JSON.stringify(data, null, indent.length).replace(/\s*\}$/, '');
    let separator = `,${end}${indent}${JSON.stringify(key)}:${indent === '' ? '' : ' '}[`;
    await sink.write(text);
    await writeEach(rows, sink, (row) => {
      const line = `${separator}${end}${indent}${indent}${JSON.stringify(row)}`;
      separator = ',';
      return line;
    });
    await sink.write(separator === ',' ? `${end}${indent}]${end}}\n` : `${separator}]${end}}\n`);
    return true;
  }
  if (!main) return false;
  if (format === 'table' || (format === undefined && terminal)) {
    await sink.write(`${await objectText(data, options)}\n`);
  }
  await printList({ kind: 'list', columns, rows }, sink, options);
  return true;
}

async function printList(result: ListResult, sink: Sink, options: PrintOptions): Promise<void> {
  const { terminal } = options;
  const format = options.format ?? (terminal ? undefined : result.pipeFormat);
  const keys = result.columns.map((column) => column.key);
  const written = findWritten(result, format);
  if (written !== undefined) await writeContent(written, sink);
  else if (format === 'json') await printJson(result, sink);
  else if (format === 'ndjson') await writeEach(result.rows, sink, (row) => `${JSON.stringify(row)}\n`);
  else if (format === 'csv') await printCsv(result, sink);
  else if (format === 'table' || terminal) await printTable(result, sink, options);
  else await writeEach(result.rows, sink, (row) => `${keys.map((key) => plainText(row[key])).join('\t')}\n`);
}

function findWritten(
  { formats, document, raw = false }: ListResult,
  format: Format | undefined,
): AsyncIterable<Uint8Array> | undefined {
  if (formats === undefined || document !== undefined) return undefined;
  if (format === 'csv') return formats.csv({ raw });
  if (format === 'json') return formats.json();
  return format === 'ndjson' ? formats.ndjson() : undefined;
}

async function printJson({ rows, document }: ListResult, sink: Sink): Promise<void> {
  if (document !== undefined) {
    await sink.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  let separator = '[\n';
  await writeEach(rows, sink, (row) => {
    const text = `${separator}${JSON.stringify(row)}`;
    separator = ',\n';
    return text;
  });
  await sink.write(separator === '[\n' ? '[]\n' : '\n]\n');
}

async function printCsv({ columns, rows, raw = false }: ListResult, sink: Sink): Promise<void> {
  const keys = columns.map((column) => column.key);
  if (!(await sink.write(formatCsvRow(keys, { raw })))) return;
  await writeEach(rows, sink, (row) =>
    formatCsvRow(
      keys.map((key) => cellText(cellAt(row, key))),
      { raw },
    ),
  );
}

// `attributes.city` is a column of its own in CSV and a part of the object `attributes` in JSON.
function cellAt(row: Row, key: string): Cell {
  if (key in row) return row[key];
  const [parent = '', ...rest] = key.split('.');
  const object = row[parent];
  if (rest.length === 0 || typeof object !== 'object' || object === null) return undefined;
  const name = rest.join('.');
  return Object.hasOwn(object, name) ? (object as Record<string, Cell>)[name] : undefined;
}

async function printTable(
  { columns, rows }: ListResult,
  sink: Sink,
  { width, palette, inPlace }: PrintOptions,
): Promise<void> {
  let page: Row[] = [];
  let first = true;
  const flush = async (): Promise<boolean> => {
    const { formatTable } = await import('./format-table.ts');
    const [titles = '', ...lines] = formatTable(withoutAttributes(columns), page, width, {
      palette,
      bars: inPlace,
    });
    const head = first ? [palette.title(titles)] : [];
    first = false;
    page = [];
    return await sink.write([...head, ...lines, ''].join('\n'));
  };
  for await (const row of rows) {
    page.push(row);
    if (page.length >= TABLE_PAGE && !(await flush())) return;
  }
  if (first && page.length === 0) await sink.write('nothing found\n');
  else if (page.length > 0) await flush();
}

function withoutAttributes(columns: readonly Column[]): readonly Column[] {
  return columns.filter((column) => column.key !== 'attributes' && !column.key.startsWith('attributes.'));
}

async function writeEach(rows: ListResult['rows'], sink: Sink, text: (row: Row) => string): Promise<void> {
  let buffer = '';
  for await (const row of rows) {
    buffer += text(row);
    if (buffer.length >= 65_536) {
      if (!(await sink.write(buffer))) return;
      buffer = '';
    }
  }
  if (buffer !== '') await sink.write(buffer);
}

function ensureLineEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
