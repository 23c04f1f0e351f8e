import type { Queries } from '../database/database.ts';
import { getSettings } from '../settings/settings.ts';
import { TARGETS, type TargetName } from './program-metrics.ts';

export type Targets = Readonly<Record<TargetName, number>>;

/** The targets as set, else by default. */
export async function readTargets(queries: Queries): Promise<Targets> {
  const names = TARGETS.map(({ name }) => `targets.${name}` as const);
  const values = await getSettings(queries, names);
  return Object.fromEntries(TARGETS.map(({ name }) => [name, values[`targets.${name}`]])) as Targets;
}
