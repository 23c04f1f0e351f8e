import type { Queries } from '../database/database.ts';
import { toInstant } from '../time.ts';
import type { FrequencyCap } from './frequency-cap.ts';
import { listCampaignsSince, listMailedOften, lockFrequency } from './frequency-queries.ts';
import { startOfDay } from './local-day.ts';

const DAY_MS = 86_400_000;

/**
 * Which of these people the cap keeps from a mail of a plan. A plan counts whole days, so that it stays the same all day
 * long: from the first moment of the day that was `days` days ago. `epoch` is in milliseconds since the epoch.
 */
export async function findPlannedOften(
  queries: Queries,
  cap: FrequencyCap,
  addressKeys: readonly string[],
  epoch: number,
  timezone: string,
): Promise<ReadonlySet<string>> {
  return find(queries, cap, addressKeys, startOfDay(epoch - cap.days * DAY_MS, timezone));
}

/**
 * As `findPlannedOften`, at the last moment: to the millisecond, and nobody else counts until the transaction ends. It
 * never keeps anybody from a mail that the plan of that day did not.
 */
export async function findMailedOften(
  queries: Queries,
  cap: FrequencyCap,
  addressKeys: readonly string[],
  epoch: number,
): Promise<ReadonlySet<string>> {
  await lockFrequency(queries);
  return find(queries, cap, addressKeys, epoch - cap.days * DAY_MS);
}

async function find(
  queries: Queries,
  { mails }: FrequencyCap,
  addressKeys: readonly string[],
  since: number,
): Promise<ReadonlySet<string>> {
  if (addressKeys.length === 0) return new Set();
  const campaigns = await listCampaignsSince(queries, toInstant(since));
  if (campaigns.length === 0) return new Set();
  return new Set(await listMailedOften(queries, campaigns, addressKeys, toInstant(since), mails));
}
