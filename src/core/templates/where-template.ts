import { ReferralError } from '../errors.ts';
import type { Condition, Operator } from '../selection/condition.ts';
import { parseWhere } from '../selection/parse-where.ts';
import type { FoundTemplate } from './template-document.ts';

const TEXT_OPERATORS: readonly Operator[] = ['=', '!=', 'in', '~'];

export interface TemplateCondition {
  readonly field: 'name' | 'origin' | 'description';
  readonly operator: Operator;
  readonly texts: readonly string[];
}

/** Reads a `--where` about templates, which are files as well as rows. Throws `usage`. */
export function parseTemplateWhere(text: string): TemplateCondition {
  const condition: Condition = parseWhere(text, {
    noun: 'templates',
    fields: {
      name: { type: 'text', column: 'name' },
      origin: { type: 'choice', column: 'origin', choices: ['database', 'shipped'] },
      description: { type: 'text', column: 'description' },
    },
  });
  const { field, operator } = condition;
  if (!('column' in field) || !TEXT_OPERATORS.includes(operator)) {
    throw new ReferralError('usage', `--where "${text}": templates can't be compared with ${operator}`, {
      hint: `It takes ${TEXT_OPERATORS.join(' ')}.`,
    });
  }
  const texts = condition.values.flatMap((value) => (value.kind === 'time' ? [] : [value.text]));
  return { field: field.column as TemplateCondition['field'], operator, texts };
}

/** Does a template fulfil it? Upper and lower case are the same after `~` only. */
export function matchesTemplate(template: FoundTemplate, condition: TemplateCondition): boolean {
  const { operator, texts } = condition;
  const value = template[condition.field];
  if (texts.length === 0) return (value === '') === (operator === '=');
  if (operator === '~') return texts.some((text) => value.toLowerCase().includes(text.toLowerCase()));
  return texts.includes(value) !== (operator === '!=');
}
