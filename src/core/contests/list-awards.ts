import type { Queries } from '../database/database.ts';
import { listWinningRows } from './final-standings-queries.ts';
import type { Contest } from './get-contest.ts';
import type { FixedReward } from './rules.ts';

/** What a final position or a drawing won, for the ledger. */
export interface Award {
  readonly customerRef: number;
  readonly customerId: string;
  readonly side: 'position' | 'drawing';
  /** Which part of the rules: `rewards.prizes.1`, `rewards.drawing.3`. */
  readonly rule: string;
  /** The prize position, or the how-manieth that was drawn. */
  readonly number: number;
  readonly reward: FixedReward;
}

/** The prizes of a finalized contest, by position, then the drawing; none before. */
export async function listAwards(
  queries: Queries,
  { id, rules, status }: Pick<Contest, 'id' | 'rules' | 'status'>,
): Promise<readonly Award[]> {
  if (status !== 'finalized') return [];
  const rows = await listWinningRows(queries, id);
  const awards: Award[] = [];
  for (const { customer_ref: customerRef, customer_id: customerId, prize_position: position } of rows) {
    const reward = rules.rewards.prizes.find((prize) => prize.position === position);
    if (reward === undefined || position === null) continue;
    awards.push({
      customerRef,
      customerId,
      side: 'position',
      rule: `rewards.prizes.${position}`,
      number: position,
      reward,
    });
  }
  const reward = rules.rewards.drawing;
  for (const { customer_ref: customerRef, customer_id: customerId, drawn } of rows) {
    if (reward === undefined || drawn === null) continue;
    awards.push({
      customerRef,
      customerId,
      side: 'drawing',
      rule: `rewards.drawing.${drawn}`,
      number: drawn,
      reward,
    });
  }
  return awards.sort((a, b) => (a.side === b.side ? a.number - b.number : a.side === 'position' ? -1 : 1));
}
