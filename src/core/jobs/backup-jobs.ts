import { appendAudit } from '../audit/append-audit.ts';
import { countDatabase } from '../backup/count-database.ts';
import { createBackup } from '../backup/create-backup.ts';
import { drillBackup } from '../backup/drill-backup.ts';
import { findBackup } from '../backup/find-backup.ts';
import { pruneBackups } from '../backup/prune-backups.ts';
import { recordPrune } from '../backup/record-prune.ts';
import { ReferralError } from '../errors.ts';
import { getSettings } from '../settings/settings.ts';
import type { JobContext, JobOutcome } from './job-work.ts';

/** Backs up into the configured store. */
export async function backUp(context: JobContext): Promise<JobOutcome> {
  const { database, clock, random, config, run, programVersion, signal, dryRun } = context;
  if (dryRun) return { summary: { tables: await countDatabase(database) } };
  const store = await context.openStore();
  const encryptTo = config.backup.encrypt_to;
  const backup = await createBackup({
    ...{ database, store, clock, random, run, encryptTo, programVersion, signal },
    opening: { url: config.database.url, config: config.database },
  });
  const { id, tables, bytes, new_bytes } = backup;
  await database.transaction((transaction) =>
    appendAudit(transaction, clock, run, {
      action: 'backup.created',
      subject: id,
      details: { tables, bytes },
    }),
  );
  return { summary: { id, bytes, new_bytes } };
}

/** Removes the backups that the settings `backup.keep_…` no longer ask for. */
export async function pruneOldBackups(context: JobContext): Promise<JobOutcome> {
  const { database, clock, random, config, run, signal, dryRun } = context;
  const keep = await getSettings(database.queries, [
    'backup.keep_daily',
    'backup.keep_weekly',
    'backup.keep_monthly',
  ]);
  const policy = {
    daily: keep['backup.keep_daily'],
    weekly: keep['backup.keep_weekly'],
    monthly: keep['backup.keep_monthly'],
  };
  const store = await context.openStore();
  const { timezone } = config;
  const started = clock.milliseconds();
  const pruned = await pruneBackups({ store, policy, clock, random, timezone, dryRun, signal });
  const { kept, removed, files_removed, bytes_freed } = pruned;
  const details = { kept, removed, files_removed, bytes_freed };
  if (!dryRun) {
    await database.transaction(async (transaction) => {
      await recordPrune(transaction, pruned, { clock, run, started });
      if (removed + files_removed === 0) return;
      await appendAudit(transaction, clock, run, { action: 'backup.pruned', subject: pruned.store, details });
    });
  }
  return { summary: details };
}

/** Restores the newest backup on trial. Where there is none yet there is nothing to try: that is for others to say. */
export async function drillNewest(context: JobContext): Promise<JobOutcome> {
  const { database, clock, random, config, run, directory, programVersion, dryRun } = context;
  const found = await findBackup('latest', await context.openStore(), directory, random).catch(
    (error: unknown) => {
      if (error instanceof ReferralError && error.code === 'not_found') return undefined;
      throw error;
    },
  );
  if (found === undefined || dryRun) return { summary: { id: found?.id ?? null } };
  const { id, created_at, tables } = await drillBackup({
    ...{ database, url: config.database.url, config: config.database, found, scratch: directory },
    ...{ unseal: await context.findUnseal(), clock, random, run, programVersion },
  });
  return { summary: { id, created_at, tables } };
}
