import type { WhereFields } from './where-field.ts';

const NEXT_CONDITION = /^and\s+(attributes\.[^=!<>~]+?|[a-z_]+)\s*(?:!=|<=|>=|==?|<|>|~|\sin[\s("])/i;

/**
 * `tier = gold and country = PT` → its two conditions. An "and" that no field of the noun follows belongs to the value, and
 * so does whatever stands in quotes.
 */
export function splitConditions(text: string, { fields, attributes }: WhereFields): readonly string[] {
  const conditions: string[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') quoted = !quoted;
    if (quoted || !/\s/.test(text[at] ?? '')) continue;
    const field = NEXT_CONDITION.exec(text.slice(at + 1))?.[1];
    if (field === undefined) continue;
    const isField = Object.hasOwn(fields, field) || (attributes !== undefined && field.includes('.'));
    if (!isField || text.slice(start, at).trim() === '') continue;
    conditions.push(text.slice(start, at));
    at += 'and '.length;
    start = at;
  }
  return [...conditions, text.slice(start)];
}
