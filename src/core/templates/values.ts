/** What a variable of a template can hold; times are `Instant`s, amounts decimal strings. */
export type Value = string | number | boolean | null | undefined | Readonly<Record<string, string>>;

/** The values of one recipient, by variable name; `attributes` is an object of the customer's own columns. */
export type Values = Readonly<Record<string, Value>>;

/** The value of a variable, or undefined when it is missing, null or empty. Own properties only. */
export function findValue(values: Values, name: string): string | number | boolean | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === null || value === '' || typeof value === 'object' ? undefined : value;
}

/** The value of `attributes.NAME`, or undefined when it is missing or empty. */
export function findAttribute(values: Values, name: string): string | undefined {
  const { attributes } = values;
  if (typeof attributes !== 'object' || attributes === null || !Object.hasOwn(attributes, name))
    return undefined;
  return attributes[name] || undefined;
}
