import type { Instant } from '../time.ts';
import type { WhereField } from './where-field.ts';

export const OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'in', '~'] as const;
export type Operator = (typeof OPERATORS)[number];

/** What a condition is about: a field of the noun, or one of the operator's own attributes. */
export type Subject =
  | WhereField
  | { readonly type: 'attribute'; readonly column: string; readonly name: string };

/** A value in the form that the database compares. */
export type ComparedValue =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number; readonly text: string }
  /** From its first moment to just before `until`: a date is the whole day, a time one millisecond. */
  | { readonly kind: 'time'; readonly from: Instant; readonly until: Instant };

/** One condition, understood and typed. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  readonly field: Subject;
  readonly operator: Operator;
  /** One value; several after `in`; none asks whether there is a value at all (`tier = ""`). */
  readonly values: readonly ComparedValue[];
}
