import { type CompressedList, createCompressedList } from '../compressed-list.ts';
import { type Keyring, signText } from '../settings/keyring.ts';
import { tellChosenBy } from '../templates/asked-segments.ts';
import type { PlannedRecipient } from './decide-page.ts';
import type { ExclusionReason } from './plan.ts';

/** One person of a plan, as it is kept in a file: a recipient, or somebody who is excluded. */
export interface PlanPerson {
  readonly customer_id: string;
  readonly variant?: string;
  /** Tells whether two plans mail the same address, and not which one it is. */
  readonly address?: string;
  /** The segments and scores that the template asks for, for people; absent where it asks for none. */
  readonly chosen_by?: string;
  readonly excluded?: string;
}

/** Everyone of a plan, in the order of `customer_id`. */
export interface PlanPeople {
  add(customerId: string, outcome: PlannedRecipient | ExclusionReason): void;
  list(): Generator<PlanPerson>;
}

// 48 bits of a keyed hash: enough to notice another address.
const MARK = 8;

/** An empty list of the people of a plan. */
export function createPlanPeople(keyring: Keyring): PlanPeople {
  const people: CompressedList<PlanPerson> = createCompressedList();
  return {
    add(customer_id, outcome) {
      if (typeof outcome === 'string') people.add({ customer_id, excluded: outcome });
      else {
        const { variant, address_key, chosen_by } = outcome;
        const address = signText(keyring.current, 'plan', address_key).slice(0, MARK);
        people.add({
          ...{ customer_id, variant, address },
          ...(chosen_by === undefined ? {} : { chosen_by: tellChosenBy(chosen_by) }),
        });
      }
    },
    list: () => people.list(),
  };
}
