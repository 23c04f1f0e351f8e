import type { Rules } from '../contests/rules.ts';

/** The value of the rule that a reason names, as ` = …`, or nothing where the reason is a plain word. */
export function ruleAt(rules: Rules, reason: string): string {
  let value: unknown = rules;
  for (const key of reason.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return '';
    value = (value as Record<string, unknown>)[key];
  }
  return ` = ${JSON.stringify(value)}`;
}
