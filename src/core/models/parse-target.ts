import { parseBoolean } from '../csv/parse-values.ts';
import { ReferralError } from '../errors.ts';
import { type CollectedColumn, countTexts } from './collect-cells.ts';

export interface Target {
  readonly name: string;
  /** The value that counts as the outcome. */
  readonly positive: string;
  /** 0 or 1 by row; NaN where the target has no value. */
  readonly values: Float32Array;
  /** How the outcome was chosen, when the values did not say it themselves. */
  readonly note: string | undefined;
}

const MOST_SHOWN = 5;

/**
 * The outcome of each row, from a column of two values: 1 and 0, yes and no, or any two, of which `positive` or else the rarer one counts as the
 * outcome. Throws `input_unusable` for another number of values.
 */
export function parseTarget(collected: CollectedColumn, positive: string | undefined): Target {
  const { name, codes, texts } = collected;
  const counts = countTexts(collected);
  const values = texts.filter((_, code) => (counts[code] ?? 0) > 0);
  if (values.length < 2) throw oneClass(name, values[0]);
  const { yes, note } = findPositive(name, values, (text) => counts[texts.indexOf(text)] ?? 0, positive);
  const code = texts.indexOf(yes);
  return {
    ...{ name, positive: yes, note },
    values: Float32Array.from(codes, (own) => (own < 0 ? Number.NaN : own === code ? 1 : 0)),
  };
}

function findPositive(
  name: string,
  values: readonly string[],
  countOf: (text: string) => number,
  positive: string | undefined,
): { readonly yes: string; readonly note: string | undefined } {
  if (positive !== undefined) {
    if (values.includes(positive)) return { yes: positive, note: undefined };
    throw new ReferralError('usage', `No row has "${positive}" in the column "${name}"`, {
      reason: `it has ${values.slice(0, MOST_SHOWN).join(', ')}${values.length > MOST_SHOWN ? ', …' : ''}`,
      hint: 'Name one of its values with --positive.',
    });
  }
  const [first = '', second = ''] = values;
  if (values.length > 2) throw manyValues(name, values);
  const said = [parseBoolean(first), parseBoolean(second)];
  if (said[0] === true && said[1] === false) return { yes: first, note: undefined };
  if (said[0] === false && said[1] === true) return { yes: second, note: undefined };
  const isNumber = [first, second].every((text) => text.trim() !== '' && Number.isFinite(Number(text)));
  if (isNumber) return { yes: Number(first) > Number(second) ? first : second, note: undefined };
  const yes = countOf(first) < countOf(second) ? first : second;
  return {
    yes,
    note: `"${yes}" counts as the outcome of "${name}", being the rarer value; --positive names another`,
  };
}

function oneClass(name: string, value: string | undefined): ReferralError {
  const what = value === undefined ? 'has no value in any row' : `has the value "${value}" in every row`;
  return new ReferralError('input_unusable', `The target "${name}" ${what}`, {
    reason: 'a model learns the difference between rows with an outcome and rows without',
    hint: 'Give a file with both kinds of rows, or name another column with --target.',
    details: { column: name },
  });
}

function manyValues(name: string, values: readonly string[]): ReferralError {
  return new ReferralError(
    'input_unusable',
    `The target "${name}" has ${values.length} different values, not two`,
    {
      reason: `such as ${values.slice(0, MOST_SHOWN).join(', ')}`,
      hint: `Say which of them is the outcome (--positive "${values[0] ?? ''}"; all others are not), or name another column with --target.`,
      details: { column: name, values: values.length },
    },
  );
}
