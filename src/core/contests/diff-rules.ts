import { canonicalJson } from '../canonical-json.ts';
import type { Rules } from './rules.ts';

/** One place in which two rules documents differ; a part that one of them lacks is null there. */
export interface RulesChange {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Every place in which two effective rules documents differ, by path; lists are compared as a whole. */
export function diffRules(before: Rules, after: Rules): RulesChange[] {
  return [...differences('', before, after)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* differences(path: string, before: unknown, after: unknown): Iterable<RulesChange> {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      yield* differences(path === '' ? key : `${path}.${key}`, before[key], after[key]);
    }
    return;
  }
  const [left, right] = [before ?? null, after ?? null];
  if (canonicalJson(left) !== canonicalJson(right)) yield { path, before: left, after: right };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
