/** One value of all that is held about a person, for a table. */
export interface PersonFact {
  readonly customer_id: string;
  /** `customer`, or the list that it is from: `deliveries`, `bookings` … */
  readonly section: string;
  /** Which of the list, counted from 1; null for the person. */
  readonly item: number | null;
  readonly field: string;
  readonly value: string | number | boolean | null;
}

/** A person with everything as rows: a field each, nested ones as `attributes.city`. */
export function flattenPerson(person: object): PersonFact[] {
  const customerId = String((person as Readonly<Record<string, unknown>>)['customer_id']);
  const facts: PersonFact[] = [];
  const add = (section: string, item: number | null, value: unknown, path: readonly string[]): void => {
    if (isObject(value)) {
      for (const [name, one] of Object.entries(value)) add(section, item, one, [...path, name]);
    } else {
      facts.push({ customer_id: customerId, section, item, field: path.join('.'), value: toCell(value) });
    }
  };
  for (const [name, value] of Object.entries(person)) {
    if (!Array.isArray(value)) add('customer', null, value, [name]);
    else for (const [index, one] of value.entries()) add(name, index + 1, one, []);
  }
  return facts;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toCell(value: unknown): PersonFact['value'] {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}
