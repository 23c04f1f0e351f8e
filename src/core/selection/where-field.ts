/** A field that `--where` can name: what kind of value it has and the column behind it. */
export type WhereField =
  | { readonly type: 'text' | 'address' | 'integer' | 'time'; readonly column: string }
  /** An integer shown as a decimal with two digits, such as total_spend. */
  | { readonly type: 'hundredths'; readonly column: string }
  /** Minor units of the currency in another column of the row. */
  | { readonly type: 'money'; readonly column: string; readonly currency: string }
  | { readonly type: 'choice'; readonly column: string; readonly choices: readonly string[] }
  /** 0 or 1, written true or false. */
  | { readonly type: 'flag'; readonly column: string }
  /** Is the customer in this segment, or enrolled in this contest? `customer` is the column with the customer's integer key. */
  | { readonly type: 'segment' | 'contest'; readonly customer: string };

/** What `--where` can say about a noun. Columns are `table.column`, or `alias.column` where the query has an alias. */
export interface WhereFields {
  /** The plural of the noun, for messages: `customers`. */
  readonly noun: string;
  readonly fields: Readonly<Record<string, WhereField>>;
  /** The JSON column that `attributes.NAME` reads. */
  readonly attributes?: string;
}
