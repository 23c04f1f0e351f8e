import { z } from 'zod';
import { readIds } from '../../core/conversions/read-ids.ts';
import type { Queries } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { listRewardIds } from '../../core/rewards/list-rewards.ts';
import type { ArgumentSpec, OptionSpec } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

/** How rewards are named: by id, by file, by condition. */
export const REWARD_ARGUMENTS: readonly ArgumentSpec[] = [
  { syntax: '[ids...]', description: 'ids of rewards, as rewards list prints them' },
];

export const REWARD_OPTIONS: readonly OptionSpec[] = [
  { flags: '--file <file>', description: 'read the ids from a file; - is standard input' },
  { flags: '--where <condition>', description: 'all that fulfil it', repeatable: true },
  { flags: '--contest <slug>', description: 'with --where: of this contest only' },
];

export const rewardSelection = {
  ids: z.array(z.coerce.number({ error: 'an id is a whole number' }).int().positive()).default([]),
  file: z.string().optional(),
  where: z.array(z.string()).default([]),
  contest: z.string().optional(),
};

interface Selection {
  readonly ids: readonly number[];
  readonly file?: string | undefined;
  readonly where: readonly string[];
  readonly contest?: string | undefined;
}

/** Throws `usage` when no reward is named. */
export function assertRewardsNamed(command: string, { ids, file, where }: Selection): void {
  if (ids.length > 0 || file !== undefined || where.length > 0) return;
  throw new ReferralError('usage', `${command} needs to know which`, {
    hint: 'Give ids, or --file FILE, or --where CONDITION.',
  });
}

/** The ids of the rewards that were named. */
export async function collectRewardIds(
  context: Context,
  queries: Queries,
  { ids, file, where, contest }: Selection,
): Promise<readonly number[]> {
  const fromFile = file === undefined ? [] : await readIds(await context.openInput(file));
  if (where.length === 0) return [...ids, ...fromFile];
  const { timezone } = await context.config();
  const selected = await listRewardIds(queries, { where, contest, now: context.clock.now(), timezone });
  return [...ids, ...fromFile, ...selected];
}
