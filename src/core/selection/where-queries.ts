import { type Expression, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Engine } from '../database/database.ts';
import { currencyExponent } from '../money.ts';
import type { ComparedValue, Condition, Operator } from './condition.ts';
import { containsText } from './contains-text-queries.ts';
import { ruleSegmentExpression } from './segment-queries.ts';
import type { SegmentLimits } from './segment-rules.ts';
import { isRuleSegment } from './segment-rules.ts';

/** What the names in conditions stand for in this database. */
export interface WhereNames {
  readonly segments: ReadonlyMap<string, number>;
  readonly contests: ReadonlyMap<string, number>;
  /** Undefined when no condition is about a segment. */
  readonly limits: SegmentLimits | undefined;
}

type Bool = RawBuilder<SqlBool>;

/** One condition as SQL with parameters. A missing value fits `!=` and nothing else, on both engines. */
export function conditionExpression(
  engine: Engine,
  condition: Condition,
  names: WhereNames,
): Expression<SqlBool> {
  const { field, operator, values } = condition;
  switch (field.type) {
    case 'segment':
      return negatable(
        operator,
        anyOf(values.map((value) => isInSegment(field.customer, textOf(value), names))),
      );
    case 'contest':
      return negatable(
        operator,
        anyOf(values.map((value) => isInContest(field.customer, textOf(value), names))),
      );
    case 'attribute':
      return compareText(engine, attributeText(engine, field.column, field.name), operator, values);
    case 'address':
      return compareText(engine, sql`lower(${sql.ref(field.column)})`, operator, values);
    case 'money':
      return compareMoney(field.column, field.currency, operator, values);
    case 'text':
    case 'choice':
      return compareText(engine, sql.ref(field.column), operator, values);
    default:
      return compareScalar(sql.ref(field.column), operator, values);
  }
}

function compareText(
  engine: Engine,
  text: Expression<unknown>,
  operator: Operator,
  values: readonly ComparedValue[],
): Bool {
  if (values.length === 0)
    return operator === '=' ? sql`(${text} is null or ${text} = '')` : sql`${text} <> ''`;
  if (operator === '~') return containsText(engine, text, textOf(values[0]));
  const [first] = values;
  if (first?.kind === 'number' && isOrder(operator)) {
    return compareScalar(asNumber(engine, text), operator, values);
  }
  return compareScalar(
    text,
    operator,
    values.map((value) => ({ kind: 'text', text: textOf(value) })),
  );
}

function compareScalar(
  column: Expression<unknown>,
  operator: Operator,
  values: readonly ComparedValue[],
): Bool {
  const [first] = values;
  if (first === undefined) return operator === '=' ? sql`${column} is null` : sql`${column} is not null`;
  if (operator === 'in') return anyOf(values.map((value) => isEqual(column, value)));
  if (operator === '=') return isEqual(column, first);
  if (operator === '!=') return sql`(${column} is null or not ${isEqual(column, first)})`;
  return compareOrder(column, operator, first);
}

function isEqual(column: Expression<unknown>, value: ComparedValue): Bool {
  if (value.kind === 'time') return sql`(${column} >= ${value.from} and ${column} < ${value.until})`;
  return sql`${column} = ${parameterOf(value)}`;
}

/** A date is a whole day: after it begins when it is over, before it ends when it begins. */
function compareOrder(column: Expression<unknown>, operator: Operator, value: ComparedValue): Bool {
  if (value.kind === 'time') {
    const bound = operator === '<' || operator === '>=' ? value.from : value.until;
    return operator === '<' || operator === '<=' ? sql`${column} < ${bound}` : sql`${column} >= ${bound}`;
  }
  return sql`${column} ${sql.raw(orderSign(operator))} ${parameterOf(value)}`;
}

/** PostgreSQL takes a parameter for the type of the column beside it, which for a whole-number column can't be a fraction. */
function parameterOf(value: ComparedValue): unknown {
  if (value.kind === 'time') return value.from;
  if (value.kind === 'text') return value.text;
  return Number.isInteger(value.number) ? value.number : sql`cast(${value.number} as numeric)`;
}

function orderSign(operator: Operator): string {
  if (isOrder(operator)) return operator;
  throw new TypeError(`${operator} is no order`);
}

function isOrder(operator: Operator): boolean {
  return operator === '<' || operator === '<=' || operator === '>' || operator === '>=';
}

/** Amounts are compared as decimals: by the exponent of each row's own currency. */
function compareMoney(
  column: string,
  currency: string,
  operator: Operator,
  values: readonly ComparedValue[],
): Bool {
  if (values.length === 0) return compareScalar(sql.ref(column), operator, values);
  const byExponent = (exponent: number) =>
    compareScalar(
      sql.ref(column),
      operator,
      values.map((value) => scaled(value, exponent)),
    );
  const zero = currenciesWith(0);
  const three = currenciesWith(3);
  return sql`case when ${sql.ref(currency)} in (${sql.join(zero.map((code) => sql.lit(code)))}) then ${byExponent(0)}
    when ${sql.ref(currency)} in (${sql.join(three.map((code) => sql.lit(code)))}) then ${byExponent(3)}
    else ${byExponent(2)} end`;
}

function scaled(value: ComparedValue, exponent: number): ComparedValue {
  if (value.kind !== 'number') return value;
  return { ...value, number: Math.round(value.number * 10 ** (exponent + 4)) / 10 ** 4 };
}

function currenciesWith(exponent: number): string[] {
  return Intl.supportedValuesOf('currency').filter((code) => currencyExponent(code) === exponent);
}

function attributeText(engine: Engine, column: string, name: string): RawBuilder<unknown> {
  if (engine === 'sqlite') {
    // ->> reads a name that begins with $ or [ as a path; a quoted path means the name itself, if it can be quoted.
    if (!/["\\]/.test(name)) return sql`json_extract(${sql.ref(column)}, ${`$."${name}"`})`;
    return sql`(select entry.value from json_each(${sql.ref(column)}) as entry where entry.key = ${name})`;
  }
  return sql`(${sql.ref(column)} ->> ${name}::text) collate "C"`;
}

/** A text as a number where it is a plain decimal, else null. */
function asNumber(engine: Engine, text: Expression<unknown>): RawBuilder<number> {
  if (engine === 'postgres') {
    return sql`(case when ${text} ~ '^-?[0-9]+([.][0-9]+)?$' then (${text})::double precision end)`;
  }
  const digits = sql`ltrim(substr(${text}, 1, 1), '-') || substr(${text}, 2)`;
  return sql`(case when ${digits} glob '[0-9]*' and ${digits} not glob '*[^0-9.]*' and ${digits} not glob '*.*.*'
    and ${digits} not glob '*.' then cast(${text} as real) end)`;
}

function isInSegment(customer: string, name: string, names: WhereNames): Bool {
  if (isRuleSegment(name) && names.limits !== undefined) {
    return sql`exists (select 1 from customers as rule_customer where rule_customer.id = ${sql.ref(customer)}
      and ${ruleSegmentExpression('rule_customer', names.limits)} = ${name})`;
  }
  return sql`exists (select 1 from segment_members where segment_members.customer_ref = ${sql.ref(customer)}
    and segment_members.segment_id = ${names.segments.get(name) ?? 0})`;
}

function isInContest(customer: string, slug: string, names: WhereNames): Bool {
  return sql`exists (select 1 from participants where participants.customer_ref = ${sql.ref(customer)}
    and participants.contest_id = ${names.contests.get(slug) ?? 0})`;
}

function negatable(operator: Operator, expression: Bool): Bool {
  return operator === '!=' ? sql`not ${expression}` : expression;
}

function anyOf(expressions: readonly Bool[]): Bool {
  return sql`(${sql.join(expressions, sql` or `)})`;
}

function textOf(value: ComparedValue | undefined): string {
  return value === undefined || value.kind === 'time' ? '' : value.text;
}
