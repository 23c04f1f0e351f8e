import { findMember, findValue, type Values } from '../templates/values.ts';
import { findVariable } from '../templates/variables.ts';
import type { PlannedRecipient } from './decide-page.ts';

/** Why somebody's mail is worth looking at before everyone's is sent. */
export type ExtremeReason = 'typical' | 'longest_name' | 'missing_fields' | 'right_to_left' | 'largest';

/** A recipient whose mail shows how a template bears what is in it. */
export interface Extreme {
  readonly reason: ExtremeReason;
  readonly customer_id: string;
  readonly recipient: PlannedRecipient;
  readonly values: Values;
  /** Characters, fields or bytes, by the reason. */
  readonly size: number;
}

export interface ExtremeFinder {
  look(recipient: PlannedRecipient, customerId: string, values: Values, htmlBytes: number): void;
  /** The first recipient of each variant, then the extremes; of several the first by `customer_id`. */
  list(): readonly Extreme[];
}

const NAMES = ['name', 'first_name', 'last_name'];
const PERSONAL = new Set(['customer', 'standing', 'reward']);
// Hebrew, Arabic, Syriac, Thaana, N'Ko and their presentation forms.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/** Watches recipients go by, in the order of `customer_id`, and keeps those that a template is most likely to fail for. */
export function createExtremeFinder(variables: readonly string[]): ExtremeFinder {
  const names = NAMES.filter((name) => variables.includes(name));
  const fields = variables.filter(
    (name) => name.startsWith('attributes.') || PERSONAL.has(findVariable(name)?.about ?? ''),
  );
  const typical = new Map<string, Extreme>();
  const found = new Map<ExtremeReason, Extreme>();
  return {
    look(recipient, customerId, values, htmlBytes) {
      const keep = (reason: ExtremeReason, size: number): void => {
        if (size > (found.get(reason)?.size ?? 0))
          found.set(reason, { reason, customer_id: customerId, recipient, values, size });
      };
      if (!typical.has(recipient.variant)) {
        typical.set(recipient.variant, {
          reason: 'typical',
          customer_id: customerId,
          recipient,
          values,
          size: 0,
        });
      }
      let longest = 0;
      for (const name of names) {
        const text = values[name];
        if (typeof text !== 'string') continue;
        if (text.length > longest) longest = text.length;
        if (!found.has('right_to_left') && RIGHT_TO_LEFT.test(text)) keep('right_to_left', text.length);
      }
      keep('longest_name', longest);
      keep('missing_fields', countMissing(fields, values));
      keep('largest', htmlBytes);
    },
    list: () => [...typical.values(), ...found.values()],
  };
}

function countMissing(fields: readonly string[], values: Values): number {
  let missing = 0;
  for (const field of fields) {
    const value = field.startsWith('attributes.')
      ? findMember(values, 'attributes', field.slice('attributes.'.length))
      : findValue(values, field);
    if (value === undefined) missing += 1;
  }
  return missing;
}
