import { appendAudit } from '../audit/append-audit.ts';
import type { Queries } from '../database/database.ts';
import { didYouMean } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import type { Change } from './change-setting.ts';
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
export async function setFlag(
  { database, clock, run, dryRun }: Change,
  name: string,
  enabled: boolean,
): Promise<boolean> {
  if (!Object.hasOwn(FLAGS, name)) {
    throw new ReferralError('not_found', `There is no flag ${name}`, {
      hint: didYouMean(name, Object.keys(FLAGS), 'See: referral flags list'),
    });
  }
  return database.transaction(
    async (transaction) => {
      if ((await isFlagOn(transaction, name as FlagName)) === enabled) return false;
      await saveFlag(transaction, {
        name,
        enabled: enabled ? 1 : 0,
        updated_at: clock.now(),
        updated_by: run.operator,
      });
      await appendAudit(transaction, clock, run, { action: 'flag.set', subject: name, details: { enabled } });
      return true;
    },
    { rollback: dryRun },
  );
}
