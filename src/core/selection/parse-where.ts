import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { type Condition, OPERATORS, type Operator, type Subject } from './condition.ts';
import { parseWhereValue } from './parse-where-value.ts';
import type { WhereFields } from './where-field.ts';

const ATTRIBUTE_PREFIX = 'attributes.';
const CONDITION =
  /^\s*((?:"[^"]*"|[^"=!<>~])+?)\s*(?:(!=|<=|>=|==?|<|>|~)|\s(in)(?=[\s("]))\s*([\s\S]*?)\s*$/i;

export interface WhereContext {
  /** The zone of times without one, an IANA name. */
  readonly timezone: string;
}

/** Reads `tier in gold, "very good"` against the fields of a noun. Throws `usage` with the nearest field, or what a value may be. */
export function parseWhere(
  text: string,
  fields: WhereFields,
  { timezone }: WhereContext = { timezone: 'UTC' },
): Condition {
  const [, name, sign, word = sign, rest] = CONDITION.exec(text) ?? [];
  if (name === undefined || word === undefined || rest === undefined) {
    throw new ReferralError('usage', `--where "${text}" is not a condition`, {
      hint: 'Write "field op value" with one of = != < <= > >= in ~, such as --where "tier = gold".',
    });
  }
  const operator = (word === '==' ? '=' : word.toLowerCase()) as Operator;
  const field = fieldOf(name, fields);
  assertOperator(text, field, operator);
  const texts = operator === 'in' ? splitList(rest) : [unquote(rest)];
  if (operator === 'in' && texts.length === 0) throw noValue(text);
  if (rest === '') throw noValue(text);
  const isAboutNothing =
    field.type !== 'segment' &&
    field.type !== 'contest' &&
    texts.length === 1 &&
    texts[0] === '' &&
    (operator === '=' || operator === '!=');
  const values = isAboutNothing ? [] : texts.map((value) => parseWhereValue(value, field, text, timezone));
  return { text, field, operator, values };
}

function fieldOf(written: string, { noun, fields, attributes }: WhereFields): Subject {
  const name = written.replaceAll('"', '').replace(/\.\s+/, '.');
  if (
    name.startsWith(ATTRIBUTE_PREFIX) &&
    attributes !== undefined &&
    name.length > ATTRIBUTE_PREFIX.length
  ) {
    return {
      type: 'attribute',
      column: attributes,
      name: name.slice(ATTRIBUTE_PREFIX.length).normalize('NFC'),
    };
  }
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field !== undefined) return field;
  const names = Object.keys(fields);
  const also = attributes === undefined ? '' : ', and attributes.NAME';
  throw new ReferralError('usage', `${noun} have no field "${name}"`, {
    reason: `Fields are: ${names.join(', ')}${also}.`,
    hint: didYouMean(
      name,
      names,
      attributes === undefined ? 'Use one of these.' : `For a column of your own: attributes.${name}`,
    ),
  });
}

function assertOperator(text: string, field: Subject, operator: Operator): void {
  const allowed = allowedOperators(field.type);
  if (allowed.includes(operator)) return;
  throw new ReferralError('usage', `--where "${text}": this field can't be compared with ${operator}`, {
    hint: `It takes ${allowed.join(' ')}.`,
  });
}

function allowedOperators(type: Subject['type']): readonly Operator[] {
  if (type === 'choice' || type === 'segment' || type === 'contest') return ['=', '!=', 'in'];
  if (type === 'flag') return ['=', '!='];
  if (type === 'text' || type === 'address' || type === 'attribute') return OPERATORS;
  return OPERATORS.filter((operator) => operator !== '~');
}

/** `a, "b, c"` or `(a, b)` → its members. */
function splitList(text: string): string[] {
  const inner = /^\(([\s\S]*)\)$/.exec(text)?.[1] ?? text;
  const members = inner.match(/"(?:[^"]|"")*"|[^,]+/g) ?? [];
  return members.map((member) => unquote(member.trim())).filter((member) => member !== '');
}

function unquote(text: string): string {
  const quoted = /^"([\s\S]*)"$/.exec(text)?.[1] ?? /^'([\s\S]*)'$/.exec(text)?.[1];
  return (quoted?.replaceAll('""', '"') ?? text).normalize('NFC');
}

function noValue(text: string): ReferralError {
  return new ReferralError('usage', `--where "${text}" has no value`, {
    hint: 'Write one after the operator; "" asks for those that have none.',
  });
}
