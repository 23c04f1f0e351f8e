import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { findScaledInteger } from '../money.ts';
import { addMilliseconds, findInstant, type Instant, toInstant } from '../time.ts';
import type { ComparedValue, Subject } from './condition.ts';

const DAY_MS = 86_400_000;

/** The text after the operator as a value that fits the field. Throws `usage` saying what fits. */
export function parseWhereValue(
  value: string,
  field: Subject,
  where: string,
  timezone: string,
): ComparedValue {
  switch (field.type) {
    case 'integer':
      return numberOf(findScaledInteger(value, 0), value, where, 'a whole number');
    case 'hundredths':
      return numberOf(
        findScaledInteger(value, 2),
        value,
        where,
        'an amount with at most two digits after the point',
      );
    case 'money':
      return numberOf(
        /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined,
        value,
        where,
        'an amount such as 100.00',
      );
    case 'time':
      return timeOf(value, where, timezone);
    case 'choice':
      return { kind: 'text', text: choiceOf(value, field.choices, where) };
    case 'flag':
      return numberOf(
        { true: 1, false: 0, yes: 1, no: 0, '1': 1, '0': 0 }[value.toLowerCase()],
        value,
        where,
        'true or false',
      );
    case 'address':
      return { kind: 'text', text: value.toLowerCase() };
    case 'attribute':
      return attributeValue(value);
    default:
      return { kind: 'text', text: value };
  }
}

function numberOf(number: number | undefined, text: string, where: string, what: string): ComparedValue {
  if (number === undefined) throw notOfKind(text, where, what);
  return { kind: 'number', number, text };
}

/** Attributes are texts; a number on the right compares them as numbers with `<` and `>`. */
function attributeValue(text: string): ComparedValue {
  return /^-?\d+(\.\d+)?$/.test(text)
    ? { kind: 'number', number: Number(text), text }
    : { kind: 'text', text };
}

function timeOf(text: string, where: string, timezone: string): ComparedValue {
  const from = findInstant(text, timezone);
  if (from === undefined)
    throw notOfKind(text, where, 'a date or time, such as 2026-03-01 or 2026-03-01T09:00:00Z');
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text.trim());
  return { kind: 'time', from, until: isDate ? nextDay(text.trim(), timezone) : addMilliseconds(from, 1) };
}

function nextDay(date: string, timezone: string): Instant {
  const next = toInstant(Date.parse(`${date}T00:00:00Z`) + DAY_MS).slice(0, 10);
  return findInstant(next, timezone) ?? addMilliseconds(`${date}T00:00:00.000Z`, DAY_MS);
}

function choiceOf(text: string, choices: readonly string[], where: string): string {
  const choice = choices.find((one) => one === text.toLowerCase());
  if (choice !== undefined) return choice;
  throw new ReferralError('usage', `--where "${where}": "${text}" is none of ${choices.join(', ')}`, {
    hint: didYouMean(text, choices, `Use one of ${choices.join(', ')}.`),
  });
}

function notOfKind(text: string, where: string, what: string): ReferralError {
  return new ReferralError('usage', `--where "${where}": "${text}" is not ${what}`, {
    hint: `Write ${what}.`,
  });
}
