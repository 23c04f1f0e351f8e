/** A cell as core gives it; amounts and times are already texts. */
export type Cell = string | number | boolean | null | undefined | readonly unknown[] | object;
export type Row = Readonly<Record<string, Cell>>;

export interface Column {
  /** The key in the row, in JSON and in the CSV header. */
  readonly key: string;
  /** What a person sees above it; the key with blanks when absent. */
  readonly title?: string;
  readonly align?: 'left' | 'right';
  /** Left out of a table that would not fit the terminal; always there in the other formats. */
  readonly wide?: boolean;
  /** On a terminal, with a bar beside each number. */
  readonly bar?: boolean;
}

interface Outcome {
  /** 3 when some rows were refused or are in doubt, 6 when a check found something. */
  readonly exitCode?: 0 | 3 | 6;
  /** What to do next: commands, printed on stderr for a person only. */
  readonly next?: readonly string[];
}

/** One object: what an action did, or one thing shown. */
export interface ObjectResult extends Outcome {
  readonly kind: 'object';
  readonly data: object;
  /** A picture for a person, when the plain list of keys and values is not good enough. */
  readonly text?: string;
  /** Its last key: rows, possibly millions, printed as they come. */
  readonly rows?: ObjectRows;
}

export interface ObjectRows {
  readonly key: string;
  readonly columns: readonly Column[];
  readonly list: readonly Row[] | Iterable<Row>;
  /** Are they what was asked for? Then CSV, NDJSON and tables show them too, and not only JSON. */
  readonly main: boolean;
}

/** Rows, possibly millions: an array or an async iterable that is printed as it comes. */
export interface ListResult extends Outcome {
  readonly kind: 'list';
  readonly columns: readonly Column[];
  readonly rows: readonly Row[] | AsyncIterable<Row>;
  /** For `--json`, when the list is part of a larger document (a leaderboard). */
  readonly document?: object;
  /** What a pipe or a file gets when no format is named; tab-separated rows or a table by default. */
  readonly pipeFormat?: 'csv';
  /** CSV for machines: cells that look like formulas are left as they are. */
  readonly raw?: boolean;
  /** The rows written already, for a format that core can write faster; each chunk is valid until the next is asked for. */
  readonly formats?: WrittenRows | undefined;
}

export interface WrittenRows {
  csv(options: { readonly raw: boolean }): AsyncIterable<Uint8Array>;
  json(): AsyncIterable<Uint8Array>;
  ndjson(): AsyncIterable<Uint8Array>;
}

/** What goes on changing while it is shown; as JSON one document a line. */
export interface LiveResult extends Outcome {
  readonly kind: 'live';
  readonly columns: readonly Column[];
  readonly frames: AsyncIterable<Row>;
  /** A frame for a person: some lines that the next frame replaces. */
  readonly text: (frame: Row) => string;
}

/** Text that is itself the result: a rendered template, a completion script. */
export interface TextResult extends Outcome {
  readonly kind: 'text';
  readonly text: string;
}

/** Bytes that are a file by nature (HTML, XLSX); refused on a terminal without `--output`. */
export interface FileResult extends Outcome {
  readonly kind: 'file';
  readonly content: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export type Result = ObjectResult | ListResult | LiveResult | TextResult | FileResult;
