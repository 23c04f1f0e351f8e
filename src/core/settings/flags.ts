import { appendAudit } from '../audit/append-audit.ts';
import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import type { Change, ChangedValues, ValueChange } from './change-setting.ts';
import { listFlagRows, saveFlag } from './settings-queries.ts';

/** Every flag: its default and what it switches. */
export const FLAGS = {
  outgoing: {
    enabled: true,
    description: 'mails are sent and rewards are paid; off stops both for everyone',
  },
} as const;

export type FlagName = keyof typeof FLAGS;

export interface FlagRow {
  readonly name: FlagName;
  readonly enabled: boolean;
  readonly default: boolean;
  readonly description: string;
  readonly updated_at: Instant | null;
  readonly updated_by: string | null;
}

/** Every flag with its state, sorted by name. */
export async function listFlags(queries: Queries): Promise<FlagRow[]> {
  const stored = new Map((await listFlagRows(queries)).map((row) => [row.name, row]));
  return (Object.keys(FLAGS).sort() as FlagName[]).map((name) => {
    const row = stored.get(name);
    return {
      name,
      enabled: row === undefined ? FLAGS[name].enabled : row.enabled === 1,
      default: FLAGS[name].enabled,
      description: FLAGS[name].description,
      updated_at: row?.updated_at ?? null,
      updated_by: row?.updated_by ?? null,
    };
  });
}

/** Is the flag on? */
export async function isFlagOn(queries: Queries, name: FlagName): Promise<boolean> {
  return (await listFlags(queries)).some((flag) => flag.name === name && flag.enabled);
}

/** Switches a flag; whether it was the other way before. Throws `not_found`. */
export async function setFlag(change: Change, name: string, enabled: boolean): Promise<boolean> {
  const { changed } = await setFlags(change, { [name]: enabled });
  return changed.length > 0;
}

/** Switches several flags in one transaction; those that are so already are left alone. Throws `not_found`, `usage`. */
export async function setFlags(
  { database, clock, run, dryRun }: Change,
  values: Readonly<Record<string, unknown>>,
): Promise<ChangedValues> {
  const wanted = Object.entries(values).map(([name, value]) => ({
    name: parseFlagName(name),
    enabled: parseFlagState(name, value),
  }));
  return database.transaction(
    async (transaction) => {
      const changes: ValueChange[] = [];
      const unchanged: string[] = [];
      for (const { name, enabled } of wanted) {
        const from = await isFlagOn(transaction, name);
        if (from === enabled) {
          unchanged.push(name);
          continue;
        }
        changes.push({ name, from, to: enabled });
        const row = { name, enabled: enabled ? 1 : 0, updated_at: clock.now(), updated_by: run.operator };
        await saveFlag(transaction, row);
        const details = { from, enabled };
        await appendAudit(transaction, clock, run, { action: 'flag.set', subject: name, details });
      }
      return { changed: changes.map(({ name }) => name), unchanged, changes };
    },
    { rollback: dryRun },
  );
}

/** The name of a flag. Throws `not_found` with the nearest known one. */
export function parseFlagName(name: string): FlagName {
  if (Object.hasOwn(FLAGS, name)) return name as FlagName;
  throw new ReferralError('not_found', `There is no flag ${name}`, {
    hint: didYouMean(name, Object.keys(FLAGS), 'See: referral flags list'),
  });
}

function parseFlagState(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new ReferralError('usage', `${name}: ${JSON.stringify(value)} is neither true nor false`, {
    hint: 'See what a good file looks like: referral flags export',
  });
}
