import { wallClockOf } from '../local-time.ts';
import type { Instant } from '../time.ts';

/** How many backups to keep: the newest of each of so many days, weeks … that have one, and all of the last so many milliseconds. */
export interface PrunePolicy {
  readonly last?: number | undefined;
  readonly daily?: number | undefined;
  readonly weekly?: number | undefined;
  readonly monthly?: number | undefined;
  readonly yearly?: number | undefined;
  readonly withinMs?: number | undefined;
}

export interface PrunableBackup {
  readonly id: string;
  readonly created_at: Instant;
  /** Of which database: each has backups of its own to keep. */
  readonly instance_id: string;
  /** Was every byte of it read once, and found as it was written? */
  readonly verified: boolean;
}

export interface PruneDecision {
  readonly id: string;
  readonly created_at: Instant;
  readonly action: 'keep' | 'remove';
  /** Why it is kept: `newest`, `last verified`, `daily` …; empty for one that is removed. */
  readonly reasons: readonly string[];
}

const DAY_MS = 86_400_000;
// 1970-01-01 was a Thursday; weeks begin on Monday.
const DAYS_FROM_MONDAY = 3;

type Rule = readonly [reason: string, count: number, period: (wallClock: number) => string];

/**
 * Which backups to keep, the newest first. Days, weeks (from Monday), months and years are those of `timezone`. The newest one of a database
 * is always kept, and so is the last one that was verified.
 */
export function planPrune(
  backups: readonly PrunableBackup[],
  policy: PrunePolicy,
  { now, timezone }: { readonly now: Instant; readonly timezone: string },
): PruneDecision[] {
  const sorted = backups.toSorted((a, b) => compareNewest(a, b));
  const reasons = new Map<string, string[]>(sorted.map(({ id }) => [id, []]));
  for (const own of groupByDatabase(sorted)) {
    for (const [reason, kept] of keepOf(own, policy, { now, timezone })) {
      for (const { id } of kept) reasons.get(id)?.push(reason);
    }
  }
  return sorted.map(({ id, created_at }) => {
    const kept = reasons.get(id) ?? [];
    return { id, created_at, action: kept.length > 0 ? 'keep' : 'remove', reasons: kept };
  });
}

/** What is kept of the backups of one database, the newest first, by the reason. */
function keepOf(
  own: readonly PrunableBackup[],
  policy: PrunePolicy,
  { now, timezone }: { readonly now: Instant; readonly timezone: string },
): (readonly [reason: string, kept: readonly PrunableBackup[]])[] {
  const since = Date.parse(now) - (policy.withinMs ?? 0);
  return [
    ['newest', own.slice(0, 1)],
    ['last verified', own.filter(({ verified }) => verified).slice(0, 1)],
    ...rulesOf(policy).map((rule) => [rule[0], keepBy(own, rule, timezone)] as const),
    [
      'within',
      policy.withinMs === undefined ? [] : own.filter(({ created_at }) => Date.parse(created_at) >= since),
    ],
  ];
}

function rulesOf({ last = 0, daily = 0, weekly = 0, monthly = 0, yearly = 0 }: PrunePolicy): Rule[] {
  const month = (wallClock: number): string => new Date(wallClock).toISOString().slice(0, 7);
  return [
    ['last', last, String],
    ['daily', daily, (wallClock) => String(Math.floor(wallClock / DAY_MS))],
    ['weekly', weekly, (wallClock) => String(Math.floor((wallClock / DAY_MS + DAYS_FROM_MONDAY) / 7))],
    ['monthly', monthly, month],
    ['yearly', yearly, (wallClock) => month(wallClock).slice(0, 4)],
  ];
}

/** The newest backup of each of the first `count` periods that have one. */
function keepBy(
  newestFirst: readonly PrunableBackup[],
  [reason, count, period]: Rule,
  timezone: string,
): PrunableBackup[] {
  const seen = new Set<string>();
  const kept: PrunableBackup[] = [];
  for (const backup of newestFirst) {
    if (kept.length === count) break;
    const name = reason === 'last' ? backup.id : period(wallClockOf(Date.parse(backup.created_at), timezone));
    if (seen.has(name)) continue;
    seen.add(name);
    kept.push(backup);
  }
  return kept;
}

function groupByDatabase(backups: readonly PrunableBackup[]): PrunableBackup[][] {
  return [...Map.groupBy(backups, ({ instance_id }) => instance_id).values()];
}

function compareNewest(a: PrunableBackup, b: PrunableBackup): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}
