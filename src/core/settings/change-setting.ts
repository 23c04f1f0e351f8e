import { appendAudit } from '../audit/append-audit.ts';
import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Database, Queries } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { parseSettingName, parseSettingValue, SETTINGS, type SettingName } from './settings.ts';
import { deleteSetting, findSetting, listSettingRows, saveSetting } from './settings-queries.ts';

export interface SettingRow {
  readonly name: SettingName;
  readonly value: unknown;
  readonly default: unknown;
  readonly description: string;
  /** Null while it has its default. */
  readonly updated_at: Instant | null;
  readonly updated_by: string | null;
}

export interface Change {
  readonly database: Database;
  readonly clock: Clock;
  readonly run: Run;
  readonly dryRun: boolean;
}

/** Every setting with its value, sorted by name. */
export async function listSettings(queries: Queries): Promise<SettingRow[]> {
  const stored = new Map((await listSettingRows(queries)).map((row) => [row.name, row]));
  const names = Object.keys(SETTINGS).sort() as SettingName[];
  return names.map((name) => {
    const row = stored.get(name);
    return {
      name,
      value: row === undefined ? SETTINGS[name].value : JSON.parse(row.value),
      default: SETTINGS[name].value,
      description: SETTINGS[name].description,
      updated_at: row?.updated_at ?? null,
      updated_by: row?.updated_by ?? null,
    };
  });
}

/** What one change makes of a value. */
export interface ValueChange {
  readonly name: string;
  readonly from: unknown;
  readonly to: unknown;
}

export interface ChangedValues {
  readonly changed: string[];
  readonly unchanged: string[];
  /** The same as `changed`, with the values. */
  readonly changes: ValueChange[];
}

/** Sets several settings in one transaction; what has the value already is left alone. Throws `not_found`, `usage`. */
export async function setSettings(
  { database, clock, run, dryRun }: Change,
  values: Readonly<Record<string, unknown>>,
): Promise<ChangedValues> {
  const wanted = Object.entries(values).map(([text, value]) => {
    const name = parseSettingName(text);
    return { name, value: canonicalJson(parseSettingValue(name, value)) };
  });
  return database.transaction(
    async (transaction) => {
      const changed: string[] = [];
      const unchanged: string[] = [];
      const changes: ValueChange[] = [];
      for (const { name, value } of wanted) {
        const before = await findSetting(transaction, name);
        const from: unknown = JSON.parse(before?.value ?? JSON.stringify(SETTINGS[name].value));
        const same = canonicalJson(from) === value;
        (same ? unchanged : changed).push(name);
        if (same) continue;
        changes.push({ name, from, to: JSON.parse(value) });
        await saveSetting(transaction, { name, value, updated_at: clock.now(), updated_by: run.operator });
        await appendAudit(transaction, clock, run, {
          action: 'setting.set',
          subject: name,
          details: { from, value: JSON.parse(value) },
        });
      }
      return { changed, unchanged, changes };
    },
    { rollback: dryRun },
  );
}

/** Gives a setting its default back; whether it had another value. Throws `not_found`. */
export async function unsetSetting({ database, clock, run, dryRun }: Change, text: string): Promise<boolean> {
  const name = parseSettingName(text);
  return database.transaction(
    async (transaction) => {
      const before = await findSetting(transaction, name);
      if (before === undefined) return false;
      await deleteSetting(transaction, name);
      const details = { from: JSON.parse(before.value) as unknown };
      await appendAudit(transaction, clock, run, { action: 'setting.unset', subject: name, details });
      return true;
    },
    { rollback: dryRun },
  );
}
