/** A result that still comes from the database while it is printed: a live one, a list of rows, a file in chunks. */
export function isStream(result: unknown): boolean {
  if (typeof result !== 'object' || result === null) return false;
  if ('kind' in result && result.kind === 'live') return true;
  if ('rows' in result) return !Array.isArray(result.rows);
  if (!('content' in result) || typeof result.content !== 'object' || result.content === null) return false;
  return Symbol.asyncIterator in result.content;
}
