import type { Condition, Expression, ExpressionParser } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { lineAndColumn, type Problem } from './problem.ts';

/** A source text cut into what is static and what is a slot. */
export type Piece =
  | { readonly kind: 'static'; readonly text: string }
  | {
      readonly kind: 'output';
      readonly source: string;
      readonly where: string;
      readonly expression: Expression;
    }
  | {
      readonly kind: 'if';
      readonly source: string;
      readonly where: string;
      readonly condition: Condition;
      /** `unless`: the other way round. */
      readonly negated: boolean;
    }
  | { readonly kind: 'elsif'; readonly source: string; readonly where: string; readonly condition: Condition }
  | { readonly kind: 'else' | 'end'; readonly source: string; readonly where: string };

interface RawToken {
  readonly begin: number;
  readonly name?: string;
  readonly args?: string;
  readonly content?: string;
  readonly getContent?: () => string;
}

const NO_LOOPS = 'The slot language has variables, filters, if, elsif, else and unless.';

/** Cuts a text into pieces; what is wrong goes to `problems`, with line and column after `name`. */
export function parseSlots(
  source: string,
  name: string,
  parser: ExpressionParser,
  problems: Problem[],
): Piece[] {
  const pieces: Piece[] = [];
  const open: { tag: string; where: string; hasElse: boolean }[] = [];
  const whereIs = (offset: number): string => {
    const { line, column } = lineAndColumn(source, offset);
    return `${name}:${line}:${column}`;
  };

  for (const token of readTokens(source, parser, problems, whereIs)) {
    const where = whereIs(token.begin);
    try {
      pieces.push(parsePiece(token, where));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { rule, message, hint } = error;
      problems.push({ severity: 'error', rule, message, where, ...(hint === undefined ? {} : { hint }) });
    }
  }
  for (const { tag, where } of open) {
    problems.push({
      severity: 'error',
      rule: 'if_not_closed',
      message: `{% ${tag} %} is not closed`,
      where,
      hint: `Add {% end${tag} %}.`,
    });
  }
  return pieces;

  function parsePiece(token: RawToken, where: string): Piece {
    if (token.getContent !== undefined) return { kind: 'static', text: token.getContent() };
    if (token.name === undefined) {
      const expression = parser.parseExpression(token.content ?? '');
      return { kind: 'output', source: `{{ ${token.content ?? ''} }}`, where, expression };
    }
    const source = `{% ${[token.name, token.args].filter(Boolean).join(' ')} %}`;
    return parseTag(token.name, token.args ?? '', source, where);
  }

  function parseTag(tag: string, args: string, source: string, where: string): Piece {
    const innermost = open.at(-1);
    switch (tag) {
      case 'if':
      case 'unless': {
        open.push({ tag, where, hasElse: false });
        return {
          kind: 'if',
          source,
          where,
          condition: parser.parseCondition(args),
          negated: tag === 'unless',
        };
      }
      case 'elsif':
      case 'else': {
        if (innermost === undefined || innermost.hasElse)
          throw new ExpressionError('if_not_open', `{% ${tag} %} has no if to belong to`);
        innermost.hasElse = tag === 'else';
        return tag === 'else'
          ? { kind: 'else', source, where }
          : { kind: 'elsif', source, where, condition: parser.parseCondition(args) };
      }
      case 'endif':
      case 'endunless': {
        if (innermost === undefined || tag !== `end${innermost.tag}`)
          throw new ExpressionError('if_not_open', `{% ${tag} %} closes nothing`);
        open.pop();
        return { kind: 'end', source, where };
      }
      default:
        throw new ExpressionError('unknown_tag', `{% ${tag} %} is not part of the slot language`, NO_LOOPS);
    }
  }
}

function readTokens(
  source: string,
  { liquid, createTokenizer }: ExpressionParser,
  problems: Problem[],
  whereIs: (offset: number) => string,
): readonly RawToken[] {
  try {
    return createTokenizer(source).readTopLevelTokens(liquid.options) as readonly RawToken[];
  } catch (error) {
    const { token } = error as { readonly token?: { readonly begin: number } };
    problems.push({
      severity: 'error',
      rule: 'slot_not_closed',
      message: 'a slot is opened and not closed',
      where: whereIs(token?.begin ?? 0),
      hint: 'Close {{ with }} and {% with %}.',
    });
    return [];
  }
}
