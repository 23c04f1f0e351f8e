import { nearest } from '../did-you-mean.ts';
import { ExpressionError } from './expression-error.ts';
import { dateStyles, type Filter, filters, type Writing } from './filters.ts';
import { findValue, type Values } from './values.ts';

export type Scalar = string | number | boolean;
export type Getter = (values: Values) => Scalar | undefined;

/** A variable or a literal. */
export interface Operand {
  readonly get: Getter;
  readonly variable?: string;
}

interface Call {
  readonly value: Scalar;
  readonly option: Scalar | undefined;
  readonly writing: Writing;
  readonly result: Scalar | undefined;
}

/**
 * The value after a filter; undefined when the value or the filter's argument has none. `language` is the template's.
 * Throws `ExpressionError` for an unknown filter or wrong arguments.
 */
export function applyFilter(
  name: string,
  get: Getter,
  options: readonly Operand[],
  language: string | undefined,
): Getter {
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (filter === undefined) throw unknownFilter(name);
  const [least, most] = filter.arguments;
  if (options.length < least || options.length > most) {
    throw new ExpressionError('filter_arguments', `"${name}" is given wrong arguments`, filter.example);
  }
  const [operand] = options;
  if (name === 'date') checkDateStyle(operand);
  if (name === 'default' && operand !== undefined) return (values) => get(values) ?? operand.get(values);
  return callFilter(filter, get, operand, language);
}

// Most of what is filtered (dates of the contest, amounts) is the same for many recipients in a row: the last result is kept.
function callFilter(
  filter: Filter,
  get: Getter,
  operand: Operand | undefined,
  language: string | undefined,
): Getter {
  const writingOf = writingIn(language);
  let last: Call | undefined;
  return (values) => {
    const value = get(values);
    const option = operand?.get(values);
    if (value === undefined || (operand !== undefined && option === undefined)) return undefined;
    const writing = writingOf(values);
    if (last?.value === value && last.option === option && isSame(last.writing, writing)) return last.result;
    const result = filter.apply(value, option === undefined ? [] : [option], writing);
    last = { value, option, writing, result };
    return result;
  };
}

function isSame(left: Writing, right: Writing): boolean {
  return (
    left === right ||
    (left.locale === right.locale && left.timezone === right.timezone && left.currency === right.currency)
  );
}

/** How to write for a recipient: the same object as long as locale, zone and currency are the same as before. */
function writingIn(language: string | undefined): (values: Values) => Writing {
  let last: Writing | undefined;
  let lastLocale: Scalar | undefined;
  return (values) => {
    const own = findValue(values, 'locale') ?? language ?? 'en';
    const timezone = findValue(values, 'contest_timezone') ?? findValue(values, 'timezone') ?? 'UTC';
    const currency = findValue(values, 'reward_currency') ?? '';
    if (last?.timezone === timezone && last.currency === currency && lastLocale === own) return last;
    const locale = language === undefined || isVarietyOf(String(own), language) ? String(own) : language;
    last = { locale, timezone: String(timezone), currency: String(currency) };
    lastLocale = own;
    return last;
  };
}

function isVarietyOf(locale: string, language: string): boolean {
  return languageOf(locale) === languageOf(language);
}

function languageOf(locale: string): string {
  return (locale.split(/[-_.]/)[0] ?? '').toLowerCase();
}

function checkDateStyle(style: Operand | undefined): void {
  const text = style?.variable === undefined ? style?.get({}) : undefined;
  if (text === undefined || dateStyles.includes(String(text))) return;
  throw new ExpressionError(
    'filter_arguments',
    `"${text}" is not a way to write a date`,
    `Use one of ${dateStyles.join(', ')}.`,
  );
}

function unknownFilter(name: string): ExpressionError {
  const candidate = nearest(name, Object.keys(filters));
  return new ExpressionError(
    'unknown_filter',
    `there is no filter "${name}"`,
    candidate === undefined
      ? `The filters are ${Object.keys(filters).join(', ')}.`
      : `Did you mean "${candidate}"?`,
  );
}
