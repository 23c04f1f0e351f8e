import { unescapeFormula } from '../csv/format-csv.ts';
import { type DateOrder, decideDateOrder, parseDate } from '../csv/parse-date.ts';
import { type DecimalMark, decideDecimalMark, parseDecimalText } from '../csv/parse-decimal.ts';
import { hasForbiddenCharacters, parseBoolean, parseText } from '../csv/parse-values.ts';
import type { Consent } from '../database/tables.ts';
import { findScaledInteger } from '../money.ts';
import { isTimezone } from '../time.ts';
import { type Address, parseAddress } from './address-key.ts';
import type { CustomerData } from './customer.ts';

export type ParsedField = Exclude<keyof CustomerData, 'attributes' | 'address_key'> | 'customer_id';

/** Why a cell refuses its row. */
export class RowProblem extends Error {
  readonly column: string;

  constructor(column: string, reason: string) {
    super(reason);
    this.column = column;
  }
}

/** How a column writes its values, as far as its first rows tell. */
export interface CellContext {
  readonly timezone: string;
  readonly dateOrder: DateOrder | undefined;
  readonly decimalMark: DecimalMark | undefined;
}

const MAX_TEXT = 1_000;
const CONSENT: Readonly<Record<string, Consent>> = {
  granted: 'granted',
  given: 'granted',
  'opt-in': 'granted',
  opt_in: 'granted',
  optin: 'granted',
  subscribed: 'granted',
  enabled: 'granted',
  withdrawn: 'withdrawn',
  revoked: 'withdrawn',
  denied: 'withdrawn',
  'opt-out': 'withdrawn',
  opt_out: 'withdrawn',
  optout: 'withdrawn',
  unsubscribed: 'withdrawn',
  cleaned: 'withdrawn',
  blocklisted: 'withdrawn',
  blacklisted: 'withdrawn',
  unknown: 'unknown',
  pending: 'unknown',
  unconfirmed: 'unknown',
  disabled: 'unknown',
};

/** How a file writes its values, as far as the operator says. */
export interface ValueOptions {
  /** The zone of times without one. */
  readonly timezone: string;
  /** Of every date that could be read both ways. */
  readonly dateOrder?: DateOrder | undefined;
  /** By column, where the first rows leave it open. */
  readonly dateOrders?: Readonly<Record<string, DateOrder>> | undefined;
  readonly decimalMark?: DecimalMark | undefined;
}

/** Is this field a date or time? */
export function isDateField(field: string): boolean {
  return field === 'joined_at' || field === 'last_active_at' || field === 'consent_at';
}

/** What is known, or the first values of a column say, about how it writes dates and decimals. */
export function createCellContext(
  field: ParsedField,
  column: string,
  values: readonly string[],
  options: ValueOptions,
): CellContext {
  const { timezone, dateOrder, dateOrders, decimalMark } = options;
  return {
    timezone,
    dateOrder: isDateField(field)
      ? (dateOrder ?? dateOrders?.[column] ?? decideDateOrder(values))
      : undefined,
    decimalMark: field === 'total_spend' ? (decimalMark ?? decideDecimalMark(values)) : undefined,
  };
}

/** The address in a cell. Throws `RowProblem` when there is none. */
export function parseAddressCell(cell: string, column: string): Address {
  const text = parseText(cell.startsWith("'") ? unescapeFormula(cell) : cell);
  if (text === undefined) throw new RowProblem(column, 'email is empty');
  const address = parseAddress(text);
  if (address === undefined) throw new RowProblem(column, `${quoted(text)} is not an e-mail address`);
  return address;
}

/** A cell as the value of its field; null when it says nothing. Throws `RowProblem`. */
export function parseCell(
  field: ParsedField | 'attribute',
  cell: string,
  column: string,
  context: CellContext | undefined,
): string | number | null {
  // NA is Namibia where a country is expected.
  const plain = cell.startsWith("'") ? unescapeFormula(cell) : cell;
  const text = field === 'country' && plain.trim() === 'NA' ? 'NA' : parseText(plain);
  if (text === undefined) {
    if (field === 'customer_id') throw new RowProblem(column, 'customer_id is empty');
    return null;
  }
  switch (field) {
    case 'joined_at':
    case 'last_active_at':
    case 'consent_at':
      return dateOf(text, column, context);
    case 'total_bookings':
      return integerOf(text, column);
    case 'total_spend':
      return hundredthsOf(text, column, context?.decimalMark);
    case 'consent':
      return consentOf(text, column);
    case 'locale':
      return localeOf(text, column);
    case 'timezone':
      if (!isTimezone(text))
        throw new RowProblem(column, `${quoted(text)} is not a time zone such as Europe/Amsterdam`);
      return text;
    default:
      return plainText(text, column, field === 'attribute' ? Number.POSITIVE_INFINITY : MAX_TEXT);
  }
}

function plainText(text: string, column: string, limit: number): string {
  if (text.length > limit) throw new RowProblem(column, `longer than ${limit} characters`);
  if (hasForbiddenCharacters(text))
    throw new RowProblem(column, 'has control characters or characters that turn the direction of text');
  return text;
}

function dateOf(text: string, column: string, context: CellContext | undefined): string {
  const date = parseDate(text, context?.dateOrder, context?.timezone);
  if (date === 'not_a_date') throw new RowProblem(column, `${quoted(text)} is not a date`);
  if (date === 'ambiguous') {
    throw new RowProblem(
      column,
      `${quoted(text)} may be day first or month first: say --date-order dmy or mdy`,
    );
  }
  return date;
}

function integerOf(text: string, column: string): number {
  const decimal = parseDecimalText(text);
  const value = decimal === undefined ? undefined : findScaledInteger(decimal, 0);
  if (value === undefined || value < 0) throw new RowProblem(column, `${quoted(text)} is not a whole number`);
  return value;
}

/** Two digits after the point, rounded half up where an export carries more. */
function hundredthsOf(text: string, column: string, mark: DecimalMark | undefined): number {
  const [whole, fraction = ''] = parseDecimalText(text, mark)?.split('.') ?? [];
  const value =
    whole === undefined ? undefined : findScaledInteger(`${whole}.${fraction.slice(0, 4).padEnd(4, '0')}`, 4);
  if (value === undefined) throw new RowProblem(column, `${quoted(text)} is not an amount`);
  const rounded = Math.round(Math.abs(value) / 100);
  return value < 0 && rounded !== 0 ? -rounded : rounded;
}

function consentOf(text: string, column: string): Consent {
  const known = CONSENT[text.toLowerCase()];
  if (known !== undefined) return known;
  const answer = parseBoolean(text);
  if (answer === undefined)
    throw new RowProblem(column, `${quoted(text)} is none of granted, withdrawn, unknown, yes, no`);
  return answer ? 'granted' : 'withdrawn';
}

function localeOf(text: string, column: string): string {
  try {
    const [locale] = Intl.getCanonicalLocales(text.replaceAll('_', '-'));
    if (locale !== undefined) return locale;
  } catch {
    // Told below.
  }
  throw new RowProblem(column, `${quoted(text)} is not a locale such as nl-NL`);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
