import { ReferralError } from '../errors.ts';
import { customerFields } from '../selection/customer-fields.ts';
import { parseWhere } from '../selection/parse-where.ts';
import { splitConditions } from '../selection/split-conditions.ts';
import type { Rules } from './rules.ts';

/** Are the conditions of `eligibility.participants` ones on customers? Throws `input_unusable` that names the one which is not. */
export function assertParticipants(rules: Pick<Rules, 'eligibility'>, timezone: string): void {
  for (const [index, text] of rules.eligibility.participants.entries()) {
    try {
      assertText(text, timezone);
    } catch (error) {
      throw asRulesError(error, index);
    }
  }
}

function asRulesError(error: unknown, index: number): unknown {
  if (!(error instanceof ReferralError)) return error;
  const reason = [error.message, error.reason].filter((part) => part !== undefined).join('. ');
  return new ReferralError(
    'input_unusable',
    `The rules document is not valid: eligibility.participants.${index} is not a condition on customers`,
    { reason, ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error },
  );
}

/** Are these `--where` texts conditions on customers? To be asked before a database is opened. Throws `usage`. */
export function assertConditions(where: readonly string[]): void {
  for (const text of where) assertText(text);
}

function assertText(text: string, timezone = 'UTC'): void {
  for (const part of splitConditions(text, customerFields)) parseWhere(part, customerFields, { timezone });
}
