import type { Instant } from '../time.ts';
import { type CustomerChange, type CustomerData, EMPTY_CUSTOMER } from './customer.ts';
import { mergeConsent } from './merge-consent.ts';

export interface MergedCustomer {
  readonly data: CustomerData;
  /** The names of the fields that differ from before, attributes as `attributes.NAME`; empty when nothing changed. */
  readonly changed: readonly string[];
}

/**
 * A customer after a row of an import: a column that is absent changes nothing, an empty cell clears its field, consent follows its own
 * rule (`mergeConsent`). `known` is undefined for a new customer; `updatedAt` is when the known one last changed.
 */
export function mergeCustomer(
  known: CustomerData | undefined,
  change: CustomerChange,
  updatedAt: Instant | undefined,
  now: Instant,
): MergedCustomer {
  const before = known ?? EMPTY_CUSTOMER;
  const { consent, consent_at, consent_source } = mergeConsent(
    before,
    {
      consent: change.consent,
      consent_at: change.fields.consent_at,
      consent_source: change.fields.consent_source,
    },
    updatedAt,
    now,
  );
  const attributes = mergeAttributes(before.attributes, change.attributes);
  const data: CustomerData = { ...before, ...change.fields, consent, consent_at, consent_source, attributes };
  return { data, changed: known === undefined ? [] : changedFields(known, data) };
}

function mergeAttributes(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = { ...before };
  for (const name in changes) {
    const value = changes[name];
    if (value === null || value === undefined) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}

function changedFields(before: CustomerData, after: CustomerData): string[] {
  const changed: string[] = [];
  for (const name of Object.keys(EMPTY_CUSTOMER) as (keyof CustomerData)[]) {
    if (name !== 'attributes' && name !== 'address_key' && before[name] !== after[name]) changed.push(name);
  }
  for (const name of new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)])) {
    if (before.attributes[name] !== after.attributes[name]) changed.push(`attributes.${name}`);
  }
  return changed;
}
