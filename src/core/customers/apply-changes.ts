import type { Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import type { CustomerChange, CustomerData } from './customer.ts';
import {
  type ChangedCustomer,
  insertCustomers,
  lockCustomersById,
  type NewCustomer,
  updateCustomers,
} from './customer-queries.ts';
import { mergeCustomer } from './merge-customer.ts';

export type OnConflict = 'update' | 'skip' | 'fail';

export type AppliedKind = 'created' | 'updated' | 'unchanged' | 'erased' | 'conflict';

export interface Applied {
  readonly kind: AppliedKind;
  /** What differs from before, for an update. */
  readonly changed: readonly string[];
}

interface State {
  /** Undefined for a customer that this batch creates. */
  readonly id: number | undefined;
  readonly erased: boolean;
  readonly updatedAt: Instant;
  data: CustomerData;
  /** Of the row that changed them last; null before any did. */
  rowHash: number | null;
  isDirty: boolean;
}

const UNCHANGED: Applied = { kind: 'unchanged', changed: [] };

/**
 * Applies the rows of a batch one after the other, as if each were an import of its own, and writes what came of it in two
 * statements. Tells for each row what happened; `seen` gets the keys of customers that were there before.
 */
export async function applyChanges(
  transaction: Queries,
  changes: readonly CustomerChange[],
  { onConflict, now, seen }: { onConflict: OnConflict; now: Instant; seen?: (id: number) => void },
): Promise<Applied[]> {
  const states = await loadStates(transaction, changes);
  const applied = changes.map((change) => {
    const state = states.get(change.customer_id);
    if (state?.id !== undefined) seen?.(state.id);
    if (state !== undefined) return applyToKnown(state, change, onConflict, now);
    const { data } = mergeCustomer(undefined, change, undefined, now);
    const { row_hash: rowHash } = change;
    states.set(change.customer_id, {
      ...{ id: undefined, erased: false, updatedAt: now, data, rowHash, isDirty: true },
    });
    return { kind: 'created', changed: [] } as const;
  });
  await writeStates(transaction, states, now);
  return applied;
}

function applyToKnown(state: State, change: CustomerChange, onConflict: OnConflict, now: Instant): Applied {
  if (onConflict === 'fail') return { kind: 'conflict', changed: [] };
  if (state.erased) return { kind: 'erased', changed: [] };
  if (onConflict === 'skip') return UNCHANGED;
  const { data, changed } = mergeCustomer(state.data, change, state.updatedAt, now);
  if (changed.length === 0) return UNCHANGED;
  state.data = data;
  state.rowHash = change.row_hash;
  state.isDirty = true;
  return { kind: 'updated', changed };
}

async function loadStates(
  transaction: Queries,
  changes: readonly CustomerChange[],
): Promise<Map<string, State>> {
  const ids = [...new Set(changes.map((change) => change.customer_id))];
  const states = new Map<string, State>();
  for (const stored of await lockCustomersById(transaction, ids)) {
    const { id, customer_id, erased_at, updated_at, ...data } = stored;
    const erased = erased_at !== null;
    states.set(customer_id, { id, erased, updatedAt: updated_at, data, rowHash: null, isDirty: false });
  }
  return states;
}

async function writeStates(
  transaction: Queries,
  states: ReadonlyMap<string, State>,
  now: Instant,
): Promise<void> {
  const created: NewCustomer[] = [];
  const updated: ChangedCustomer[] = [];
  for (const [customer_id, { id, data, rowHash: row_hash, isDirty }] of states) {
    if (id === undefined) created.push({ customer_id, data, row_hash });
    else if (isDirty) updated.push({ id, data, row_hash });
  }
  await insertCustomers(transaction, created, { source: 'import', now });
  await updateCustomers(transaction, updated, now);
}
