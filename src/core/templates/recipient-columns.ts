const COLUMNS = [
  'customers.customer_id',
  'customers.email',
  'customers.name',
  'customers.first_name',
  'customers.last_name',
  'customers.tier',
  'customers.locale',
  'customers.timezone',
  'customers.country',
  'customers.joined_at',
  'customers.last_active_at',
  'customers.total_bookings',
  'customers.total_spend',
  'customers.attributes',
  'codes.code',
  'codes.expires_at as code_expires_at',
] as const;

/** A column of `customers`, or of the active code in a contest, joined as `codes`. */
export type RecipientColumn = (typeof COLUMNS)[number];

/** The columns that give these names, for a query to select. */
export function listRecipientColumns(names: ReadonlySet<string>): readonly RecipientColumn[] {
  return COLUMNS.filter((column) => names.has(nameOfColumn(column)));
}

/** What a column is called in the rows of the query. */
export function nameOfColumn(column: RecipientColumn): string {
  return column.split(/[. ]/).at(-1) ?? '';
}

const TIMES: readonly RecipientColumn[] = [
  'customers.joined_at',
  'customers.last_active_at',
  'codes.expires_at as code_expires_at',
];
const INTEGERS: readonly RecipientColumn[] = ['customers.total_bookings', 'customers.total_spend'];

/** What a column holds. */
export function kindOfColumn(column: RecipientColumn): 'integer' | 'text' | 'time' {
  if (TIMES.includes(column)) return 'time';
  return INTEGERS.includes(column) ? 'integer' : 'text';
}
