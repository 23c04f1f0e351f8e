import { z } from 'zod';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { compileWhere } from '../selection/compile-where.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { parseWhere } from '../selection/parse-where.ts';
import { isRuleSegment } from '../selection/segment-rules.ts';
import { splitConditions } from '../selection/split-conditions.ts';
import type { Instant } from '../time.ts';
import { isRfmSegment } from './rfm.ts';

const definitionSchema = z.object({ where: z.array(z.string()).min(1), timezone: z.string() });

/** What a segment that an operator saved holds: everyone whom the conditions fit. */
export type SavedDefinition = z.infer<typeof definitionSchema>;

const NAME = /^[a-z0-9][a-z0-9_-]{0,59}$/;

/** The definition as it is kept. Throws `configuration_invalid` for one that is no longer valid. */
export function parseDefinition(json: string): SavedDefinition {
  const parsed = definitionSchema.safeParse(JSON.parse(json));
  if (parsed.success) return parsed.data;
  throw new ReferralError('configuration_invalid', 'A saved segment has no conditions that can be read', {
    hint: 'Save it again: referral segments save NAME --where "…"',
  });
}

/** Throws `usage` for a name that is taken by a rule, or can't be written in a condition. */
export function assertSegmentName(name: string): void {
  if (isRuleSegment(name) || isRfmSegment(name) || name.startsWith('rfm_')) {
    throw new ReferralError('usage', `"${name}" is a segment by rule`, {
      reason: 'its rule comes with the program; thresholds are settings',
      hint: 'Choose another name, or change a threshold: referral settings list',
    });
  }
  if (NAME.test(name)) return;
  throw new ReferralError('usage', `"${name}" can't be the name of a segment`, {
    hint: 'Use small letters, digits, _ and -, such as lapsed_gold.',
  });
}

/** The definition as an SQL condition over customers. Throws `usage` and `not_found` as `--where` does, and `usage` when it is about itself. */
export async function compileDefinition(
  queries: Queries,
  name: string,
  { where, timezone }: SavedDefinition,
  now: Instant,
) {
  for (const text of where.flatMap((one) => splitConditions(one, customerFields))) {
    const { field, values } = parseWhere(text, customerFields, { timezone });
    const isOwn = values.some((value) => value.kind !== 'time' && value.text === name);
    if (field.type === 'segment' && isOwn) {
      throw new ReferralError('usage', `The segment "${name}" can't be defined by itself`, {
        hint: 'Name other segments or fields in its conditions.',
      });
    }
  }
  return compileWhere(queries, where, customerFields, { now, timezone });
}
