import type { Expression, SqlBool } from 'kysely';

/** What a cell holds; both engines give the same bytes for the same value. */
export type PackedKind =
  | 'text'
  /** An `Instant`. */
  | 'time'
  /** A whole number in decimal digits. */
  | 'integer'
  /** A whole number of hundredths in decimal digits. */
  | 'hundredths'
  /** A JSON object of texts, as the engine writes it. */
  | 'attributes';

export interface PackedField {
  /** The column of the table and the key in JSON. */
  readonly key: string;
  readonly kind: PackedKind;
}

/**
 * Rows as one run of bytes and the places of their cells in it: a million rows pass through without an object or a string for each
 * cell. Valid until the next ones are asked for.
 */
export interface PackedRows {
  readonly bytes: Buffer;
  /** Where each cell begins and, next to it, where it ends, row by row; the end of a null is -1. */
  readonly places: Int32Array;
  readonly rows: number;
}

/** Where packed rows come from; the names are code's, never input's. */
export interface PackedTable {
  readonly table: string;
  readonly fields: readonly PackedField[];
  /** The unique column that orders the rows. */
  readonly key: string;
}

export interface PackedSelection {
  readonly condition: Expression<SqlBool>;
  readonly limit: number | undefined;
  readonly offset: number;
  /** Tell null from an empty text; where nobody does, it costs nothing. */
  readonly nulls: boolean;
}
