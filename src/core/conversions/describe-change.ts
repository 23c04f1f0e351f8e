import { formatMinorUnits } from '../money.ts';

/** Field → what it was and what it became, as `booking_changes` keeps it. */
export type StoredChanges = Readonly<Record<string, readonly [unknown, unknown]>>;

/** What changed about a booking, for a person and by field: `amount 120.00 → 80.00`. `nameOf` gives the customer_id for a key. */
export function describeChange(
  changes: StoredChanges,
  currency: string,
  nameOf: (customerRef: number) => string,
): readonly string[] {
  // PostgreSQL keeps the keys of JSON in an order of its own.
  const fields = Object.entries(changes).sort(([a], [b]) => (a < b ? -1 : 1));
  return fields.flatMap(([field, [before, after]]) => {
    switch (field) {
      // Told by the step itself.
      case 'status':
        return [];
      case 'amount_minor':
      case 'refunded_minor':
        return [move(field.replace('_minor', ''), toAmount(before, currency), toAmount(after, currency))];
      case 'customer_ref':
        return [move('booked by', toName(before, nameOf), toName(after, nameOf))];
      case 'attributes':
        return describeAttributes(toRecord(before), toRecord(after));
      default:
        return [move(field, toText(before), toText(after))];
    }
  });
}

function move(what: string, before: string, after: string): string {
  return `${what} ${before} → ${after}`;
}

function toAmount(value: unknown, currency: string): string {
  return typeof value === 'number' ? formatMinorUnits(value, currency) : 'none';
}

function toName(value: unknown, nameOf: (customerRef: number) => string): string {
  return typeof value === 'number' ? nameOf(value) : 'nobody';
}

function toText(value: unknown): string {
  return value === null || value === undefined || value === '' ? 'none' : String(value);
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function describeAttributes(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .sort()
    .map((name) => move(`attributes.${name}`, toText(before[name]), toText(after[name])));
}
