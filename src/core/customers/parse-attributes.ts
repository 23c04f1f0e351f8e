/** The attributes of a row as an object of texts. */
export function parseAttributes(json: string): Readonly<Record<string, string>> {
  return json === '{}' ? {} : (JSON.parse(json) as Record<string, string>);
}
