/** Keys of a recorded booking change that name no person: amounts, states and times. */
const IMPERSONAL = new Set([
  ...['amount', 'amount_minor', 'currency', 'refunded_amount', 'refunded_minor', 'status', 'code'],
  ...['booked_at', 'completed_at', 'cancelled_at', 'updated_at'],
]);

/** The attributes that rules group by: a leaderboard needs them also of who is erased. */
export function groupAttributes(rules: readonly unknown[]): string[] {
  const names = rules.flatMap((document) => [
    textAt(document, 'scoring', 'cap_per_group', 'attribute'),
    textAt(document, 'qualify', 'min_groups', 'attribute'),
  ]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Of a booking's attributes only those that rules group by, from who booked where the booking has none, as the scoring reads them. */
export function keptAttributes(
  booking: Readonly<Record<string, string>>,
  customer: Readonly<Record<string, string>>,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name of names) {
    const value = booking[name] ?? customer[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Of a recorded change what names no person. */
export function keptChanges(changes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => IMPERSONAL.has(name)));
}

function textAt(document: unknown, ...path: readonly string[]): string | undefined {
  let value = document;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === 'string' ? value : undefined;
}
