import { normaliseCode } from '../codes/code.ts';
import { type DateOrder, type DateProblem, parseDate } from '../csv/parse-date.ts';
import { type DecimalMark, parseAmountText } from '../csv/parse-decimal.ts';
import { hasForbiddenCharacters, isNothing, isTidy, parseText } from '../csv/parse-values.ts';
import { type Address, parseAddress } from '../customers/address-key.ts';
import { findMinorUnits, isCurrency } from '../money.ts';
import { ownText } from '../own-text.ts';
import { type Instant, isInstant } from '../time.ts';
import type { BookingRow } from './booking.ts';
import { findBookingStatus, type StatusMap } from './parse-booking-status.ts';

export interface BookingRowOptions {
  readonly statuses: StatusMap;
  /** For times without a zone. */
  readonly timezone: string;
  /** For rows without a currency. */
  readonly currency: string;
  /** What the columns of the file give away about their spelling. */
  readonly dateOrder?: DateOrder | undefined;
  readonly decimalMark?: DecimalMark | undefined;
  /** What was made of the days of earlier rows. */
  readonly days?: Map<string, Instant | DateProblem> | undefined;
}

const LONGEST_DAY = 10;
const MOST_DAYS = 20_000;

/** A cell that can't be used, by its field. */
export interface BookingRowFault {
  readonly field: string;
  readonly reason: string;
}

export type ParsedBookingRow =
  | { readonly row: BookingRow; readonly address: Address | undefined; readonly fault?: undefined }
  | { readonly fault: BookingRowFault; readonly row?: undefined; readonly address?: undefined };

class Fault {
  readonly fault: BookingRowFault;
  constructor(field: string, reason: string) {
    this.fault = { field, reason };
  }
}

type ReadCell = (field: string) => string | undefined;

/**
 * A row of a booking export, typed. `cell` gives the text under a field of `bookingFields`, or undefined where the file
 * has no such column; an empty cell says nothing either. The first cell that can't be used is the fault.
 */
export function parseBookingRow(
  cell: ReadCell,
  attributes: Readonly<Record<string, string>>,
  options: BookingRowOptions,
): ParsedBookingRow {
  try {
    return parseFields(cell, parseAttributes(attributes), options);
  } catch (error) {
    if (error instanceof Fault) return { fault: error.fault };
    throw error;
  }
}

function parseFields(
  cell: ReadCell,
  attributes: Readonly<Record<string, string>>,
  options: BookingRowOptions,
): ParsedBookingRow {
  const text = (field: string): string | undefined => textOf(cell(field), field);
  const reference = text('booking_reference');
  if (reference === undefined) throw new Fault('booking_reference', 'is empty');
  const written = findAmountText('amount', text('amount'), options.decimalMark);
  const currency = text('currency')?.toUpperCase() ?? written?.currency ?? options.currency;
  if (!isCurrency(currency)) throw new Fault('currency', `"${currency}" is not an ISO 4217 currency`);
  const refund = findAmountText('refunded_amount', text('refunded_amount'), options.decimalMark);
  const amount = toMinor('amount', written?.amount, currency);
  const refunded = toMinor('refunded_amount', refund?.amount, currency);
  if (amount !== undefined && refunded !== undefined && refunded > amount) {
    throw new Fault('refunded_amount', 'is more than the amount');
  }
  const code = text('code');
  const time = (field: string): Instant | undefined => parseTime(field, text(field), options);
  const customerId = text('customer_id');
  const email = text('email');
  const address = email === undefined ? undefined : parseEmail(email);
  const row: BookingRow = {
    booking_reference: reference,
    customer_id: customerId,
    email,
    code: code === undefined ? undefined : normaliseCode(code),
    amount_minor: amount,
    refunded_minor: refunded,
    currency,
    status: parseStatus(text('status'), options.statuses),
    booked_at: time('booked_at'),
    completed_at: time('completed_at'),
    cancelled_at: time('cancelled_at'),
    updated_at: time('updated_at'),
    attributes,
  };
  return { row, address };
}

function textOf(text: string | undefined, field: string): string | undefined {
  if (text === undefined) return undefined;
  if (isTidy(text)) return isNothing(text) ? undefined : text;
  const value = parseText(text);
  if (value !== undefined && hasForbiddenCharacters(value)) throw new Fault(field, 'has control characters');
  return value;
}

function parseAttributes(cells: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const name of Object.keys(cells)) {
    const value = textOf(cells[name], name);
    if (value !== undefined) attributes[name] = value;
  }
  return attributes;
}

function findAmountText(
  field: string,
  text: string | undefined,
  mark: DecimalMark | undefined,
): { readonly amount: string; readonly currency: string | undefined } | undefined {
  if (text === undefined) return undefined;
  const amount = parseAmountText(text, mark);
  if (amount === undefined) throw new Fault(field, `"${text}" is not an amount`);
  return amount;
}

function toMinor(field: string, amount: string | undefined, currency: string): number | undefined {
  if (amount === undefined) return undefined;
  const minor = findMinorUnits(amount, currency);
  if (minor === undefined) throw new Fault(field, `"${amount}" is not an amount in ${currency}`);
  if (minor < 0) throw new Fault(field, 'is less than nothing');
  return minor;
}

function parseTime(field: string, text: string | undefined, options: BookingRowOptions): Instant | undefined {
  if (text === undefined) return undefined;
  const instant = readDate(text, options);
  if (instant === 'ambiguous') {
    throw new Fault(field, `"${text}" may be day first or month first: say --date-order dmy or mdy`);
  }
  if (instant === 'not_a_date') throw new Fault(field, `"${text}" is not a date or time`);
  return instant;
}

// Days without a time repeat themselves, and a zone other than UTC is costly to ask.
function readDate(text: string, { dateOrder, timezone, days }: BookingRowOptions): Instant | DateProblem {
  if (isInstant(text)) return text;
  if (days === undefined || text.length > LONGEST_DAY) return parseDate(text, dateOrder, timezone);
  let known = days.get(text);
  if (known === undefined) {
    known = parseDate(text, dateOrder, timezone);
    if (days.size < MOST_DAYS) days.set(ownText(text), known);
  }
  return known;
}

function parseStatus(text: string | undefined, statuses: StatusMap): BookingRow['status'] {
  if (text === undefined) return undefined;
  const status = findBookingStatus(text, statuses);
  if (status === undefined) {
    throw new Fault(
      'status',
      `"${text}" is not a known status; say which with --status-map "${text}=completed"`,
    );
  }
  return status;
}

function parseEmail(text: string): Address {
  const address = parseAddress(text);
  if (address === undefined) throw new Fault('email', 'is not an e-mail address');
  return address;
}
