import type { Queries } from '../database/database.ts';
import { countUnerased } from './customer-queries.ts';

/** How many customers there are who are not erased. */
export function countCustomers(queries: Queries): Promise<number> {
  return countUnerased(queries);
}
