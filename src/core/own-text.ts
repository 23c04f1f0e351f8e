/**
 * The same text in memory of its own. A cell is a slice of the whole piece of file that it was read from, and keeps all of that alive as long
 * as itself: what outlives its row has to be a copy.
 */
export function ownText(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string;
}
