import type { FraudAction } from '../contests/rules-fraud.ts';
import { type EdgeList, findCycles } from './find-cycles.ts';
import type { FraudFinding } from './find-fraud.ts';
import type { Rings } from './referral-planner.ts';

const MOST_MEMBERS = 20;

/** Rings among who referred whom: every referral that lies on a cycle (A → B → A, or longer) is found. */
export function findRings(edges: EdgeList, action: FraudAction): Rings {
  const components = findCycles(edges);
  const members = new Map<number, number[]>();
  for (const [customer, component] of components) {
    const list = members.get(component) ?? [];
    list.push(customer);
    members.set(component, list);
  }
  for (const list of members.values()) list.sort((a, b) => a - b);
  return {
    find(referrerRef, friendRef): FraudFinding | undefined {
      const component = components.get(referrerRef);
      if (component === undefined || component !== components.get(friendRef)) return undefined;
      const customers = members.get(component) ?? [];
      return {
        rule: 'ring',
        action,
        evidence: { size: customers.length, customer_refs: customers.slice(0, MOST_MEMBERS) },
      };
    },
  };
}

/** For contests that ignore rings. */
export const noRings: Rings = { find: () => undefined };
