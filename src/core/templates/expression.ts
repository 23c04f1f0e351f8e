import type { Context, Liquid, PropertyAccessToken, Token, Tokenizer } from 'liquidjs';
import { didYouMean, nearest } from '../did-you-mean.ts';
import { applyFilter, type Getter, type Operand, type Scalar } from './apply-filter.ts';
import { FAMILIES } from './asked-segments.ts';
import { type ConditionToken, compileCondition } from './compile-condition.ts';
import { ExpressionError } from './expression-error.ts';
import { findMember, findValue, splitMember, type Values } from './values.ts';
import { isVariable, variables } from './variables.ts';

/** What stands between `{{` and `}}`, ready to be evaluated. */
export interface Expression {
  readonly variables: readonly string[];
  /** Undefined when a variable in it has no value and it gives no default. */
  readonly evaluate: (values: Values) => Scalar | undefined;
  /** The variables without which it has no value for this recipient. */
  readonly missing: (values: Values) => readonly string[];
}

/** What stands after `if`, `elsif` and `unless`. */
export interface Condition {
  readonly variables: readonly string[];
  readonly test: (values: Values) => boolean;
}

/** Parses slot expressions; liquidjs does the reading, and evaluates the conditions that are more than a name. */
export interface ExpressionParser {
  readonly liquid: Liquid;
  createTokenizer(source: string): Tokenizer;
  parseExpression(source: string): Expression;
  parseCondition(source: string): Condition;
}

/**
 * Loads liquidjs on first use. `language` is the one that the template is written in: dates and amounts follow the
 * recipient's locale only where it is a variety of that language, so that no mail mixes two.
 */
export async function loadExpressionParser(language?: string): Promise<ExpressionParser> {
  const library = await import('liquidjs');
  const { Context: ContextClass, TypeGuards, Value, toValueSync } = library;
  const liquid = new library.Liquid({ jsTruthy: true, ownPropertyOnly: true, strictFilters: false });

  function read(source: string) {
    let value: InstanceType<typeof Value>;
    try {
      value = new Value(source, liquid);
    } catch (error) {
      throw new ExpressionError('slot_syntax', plainMessage(error));
    }
    if (!isWhole(value.initial.postfix, TypeGuards.isOperatorToken)) {
      throw new ExpressionError(
        'slot_syntax',
        `"${source.trim()}" is not complete`,
        'Write one variable, then its filters: {{ first_name | default: "there" }}.',
      );
    }
    return value;
  }

  function operandOf(token: Token): Operand {
    if (TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token)) {
      const { content } = token;
      return { get: () => content };
    }
    if (TypeGuards.isPropertyAccessToken(token)) {
      const variable = nameOf(token);
      return { get: getterOf(variable), variable };
    }
    throw new ExpressionError('slot_syntax', `"${token.getText()}" is not a variable, a text or a number`);
  }

  function nameOf(token: PropertyAccessToken): string {
    const names = token.props.map((part) => ('content' in part ? String(part.content) : undefined));
    if (token.variable !== undefined || names.includes(undefined)) {
      throw new ExpressionError('slot_syntax', `"${token.getText()}" is not the name of a variable`);
    }
    const name = names.join('.');
    if (isVariable(name)) return name;
    throw unknownVariable(name);
  }

  function parseExpression(source: string): Expression {
    const value = read(source);
    const [token] = value.initial.postfix;
    if (token === undefined || value.initial.postfix.length > 1) {
      throw new ExpressionError(
        'slot_syntax',
        `"${source.trim()}" compares values, which belongs into an if`,
      );
    }
    let operand = operandOf(token);
    if (operand.variable?.startsWith('segments.') === true) {
      throw new ExpressionError(
        'slot_syntax',
        `"${operand.variable}" says yes or no, which belongs into an if`,
        `Write {% if ${operand.variable} %} … {% endif %}.`,
      );
    }
    const used = operand.variable === undefined ? [] : [operand.variable];
    for (const filter of value.filters) {
      const options = filter.args.map((argument) => operandOf(positional(filter.name, argument)));
      used.push(...options.flatMap(({ variable }) => (variable === undefined ? [] : [variable])));
      operand = { get: applyFilter(filter.name, operand.get, options, language) };
    }
    const evaluate = operand.get;
    const names = [...new Set(used)];
    return {
      variables: names,
      evaluate,
      missing: (values) => {
        if (evaluate(values) !== undefined) return [];
        const absent = names.filter((name) => getterOf(name)(values) === undefined);
        // A value that a filter can't write (a date that is none) is as bad as no value.
        return absent.length > 0 ? absent : names;
      },
    };
  }

  function parseCondition(source: string): Condition {
    const { initial, filters: chain } = read(source);
    if (chain.length > 0) throw new ExpressionError('slot_syntax', 'a condition takes no filters');
    const names = new Set<string>();
    for (const token of initial.postfix) {
      if (TypeGuards.isPropertyAccessToken(token)) names.add(nameOf(token));
      else if (TypeGuards.isRangeToken(token))
        throw new ExpressionError('slot_syntax', 'ranges are not part of the slot language');
    }
    assertSegmentNames(initial.postfix);
    const tokens = initial.postfix.map(conditionToken);
    const test = tokens.includes(undefined)
      ? undefined
      : compileCondition(tokens.filter((token) => token !== undefined));
    if (test !== undefined) return { variables: [...names], test };
    return {
      variables: [...names],
      test: (values) => {
        const context: Context = new ContextClass(values, liquid.options, { sync: true });
        return Boolean(toValueSync(initial.evaluate(context, true)));
      },
    };
  }

  // A segment that is none would quietly be nobody's.
  function assertSegmentNames(postfix: readonly Token[]): void {
    for (const [index, token] of postfix.entries()) {
      const sides = [postfix[index - 2], postfix[index - 1]];
      if (!TypeGuards.isOperatorToken(token) || !EQUALITY.has(token.operator)) continue;
      const variable = sides.find((side) => TypeGuards.isPropertyAccessToken(side));
      const literal = sides.find((side) => TypeGuards.isQuotedToken(side));
      if (variable === undefined || literal === undefined) continue;
      const problem = findWrongSegment(nameOf(variable), literal.content);
      if (problem !== undefined) throw problem;
    }
  }

  // Undefined for what only Liquid knows: `blank`, `empty`, `nil`, `true`.
  function conditionToken(token: Token): ConditionToken | undefined {
    if (TypeGuards.isOperatorToken(token)) return { kind: 'operator', name: token.operator };
    if (TypeGuards.isPropertyAccessToken(token)) {
      return { kind: 'variable', get: rawGetterOf(nameOf(token)) };
    }
    if (TypeGuards.isQuotedToken(token) || TypeGuards.isNumberToken(token)) {
      return { kind: 'literal', value: token.content };
    }
    return undefined;
  }

  const createTokenizer = (source: string): Tokenizer =>
    new library.Tokenizer(source, liquid.options.operators);
  return { liquid, createTokenizer, parseExpression, parseCondition };
}

/** An error for a name that the catalogue doesn't have, with the nearest one that it has. */
function unknownVariable(name: string): ExpressionError {
  if (Object.hasOwn(WITH_MEMBERS, name)) {
    const hint = `Write one of them: ${WITH_MEMBERS[name]}.`;
    return new ExpressionError('unknown_variable', `"${name}" holds several values`, hint);
  }
  const candidate = nearest(
    name,
    variables.map((entry) => entry.name),
  );
  return new ExpressionError(
    'unknown_variable',
    `there is no variable "${name}"`,
    candidate === undefined
      ? 'All variables are listed in docs/templates.md; a column of your own is attributes.NAME.'
      : `Did you mean "${candidate}"? A column of your own is attributes.NAME.`,
  );
}

const EQUALITY = new Set(['==', '!=']);

/** An error for a text that a variable which holds a segment is compared with, and that is not one of its segments. */
function findWrongSegment(variable: string, text: string): ExpressionError | undefined {
  const names: readonly string[] | undefined =
    variable === 'segment' || variable === 'rfm' ? FAMILIES[variable] : undefined;
  if (names === undefined || names.includes(text)) return undefined;
  const hint = `${variable} is one of ${names.join(', ')}; for others write {% if segments.NAME %}.`;
  return new ExpressionError(
    'unknown_segment',
    `${variable} is never "${text}"`,
    didYouMean(text, names, hint),
  );
}

const WITH_MEMBERS: Readonly<Record<string, string>> = {
  attributes: 'attributes.NAME, a column of the customer export',
  segments: '{% if segments.NAME %}, whether the customer is in a segment',
  scores: 'scores.MODEL, what the promoted version of a model says',
};

function getterOf(variable: string): Getter {
  const member = splitMember(variable);
  if (member === undefined) return (values) => findValue(values, variable);
  return (values) => findMember(values, member.object, member.name);
}

// In a condition an empty text is a text.
function rawGetterOf(variable: string): (values: Values) => unknown {
  if (splitMember(variable) !== undefined) return getterOf(variable);
  return (values) => (Object.hasOwn(values, variable) ? (values[variable] ?? undefined) : undefined);
}

function positional(filter: string, argument: unknown): Token {
  if (!Array.isArray(argument)) return argument as Token;
  throw new ExpressionError('slot_syntax', `"${filter}" takes no named arguments`);
}

// Postfix order is whole when every operator finds its operands and one value is left.
function isWhole(postfix: readonly Token[], isOperator: (token: Token) => boolean): boolean {
  let depth = 0;
  for (const token of postfix) {
    if (!isOperator(token)) depth += 1;
    else if (token.getText() === 'not' ? depth < 1 : depth < 2) return false;
    else if (token.getText() !== 'not') depth -= 1;
  }
  return depth === 1;
}

function plainMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, line:\d+, col:\d+$/, '').split('\n')[0] ?? message;
}
