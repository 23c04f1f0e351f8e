/** The same entries by name, in the order of RFC 8785, so that both engines print them alike. */
export function sortKeys<Value>(object: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const names = Object.keys(object);
  if (names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name)) return object;
  // As own properties, whatever they are called: `__proto__` too.
  return Object.fromEntries(names.sort(byCodeUnit).map((name) => [name, object[name] as Value]));
}

function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : 1;
}
