import { sha256 } from '../canonical-json.ts';
import { compareBytes } from '../compare-bytes.ts';

/**
 * The winners of a drawing, in the order in which they are drawn: everyone's ticket is the SHA-256 of
 * `seed:contest:customer_id`, and the lowest tickets win. The order of `candidates` does not matter.
 */
export function drawWinners(
  seed: string,
  contest: string,
  candidates: readonly string[],
  winners: number,
): string[] {
  return candidates
    .map((customerId) => ({ customerId, ticket: sha256(`${seed}:${contest}:${customerId}`) }))
    .sort((a, b) => compareBytes(a.ticket, b.ticket) || compareBytes(a.customerId, b.customerId))
    .slice(0, winners)
    .map(({ customerId }) => customerId);
}
