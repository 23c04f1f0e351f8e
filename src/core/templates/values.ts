/** What a variable of a template can hold; times are `Instant`s, amounts decimal strings. */
export type Value = Scalar | Readonly<Record<string, Scalar>>;

type Scalar = string | number | boolean | null | undefined;

/** The values of one recipient, by variable name; `attributes`, `segments` and `scores` are objects of their own. */
export type Values = Readonly<Record<string, Value>>;

/** Variables that hold others: the customer's own columns, the segments they are in, what models say about them. */
const OBJECTS = ['attributes', 'segments', 'scores'] as const;

/** The object and the name of `attributes.city`, `segments.lapsed` or `scores.rebook`; undefined for any other variable. */
export function splitMember(
  variable: string,
): { readonly object: (typeof OBJECTS)[number]; readonly name: string } | undefined {
  const object = OBJECTS.find((one) => variable.startsWith(`${one}.`));
  return object === undefined ? undefined : { object, name: variable.slice(object.length + 1) };
}

/** Is this the name of one of the variables that hold others? */
export function isObject(variable: string): boolean {
  return OBJECTS.some((one) => one === variable);
}

/** The value of a variable, or undefined when it is missing, null or empty. Own properties only. */
export function findValue(values: Values, name: string): string | number | boolean | undefined {
  const value = Object.hasOwn(values, name) ? values[name] : undefined;
  return value === null || value === '' || typeof value === 'object' ? undefined : value;
}

/** The value of a name in one of the objects, or undefined when it is missing or empty. */
export function findMember(
  values: Values,
  object: (typeof OBJECTS)[number],
  name: string,
): string | number | boolean | undefined {
  const members = values[object];
  return typeof members === 'object' && members !== null ? findValue(members, name) : undefined;
}
