import { appendAudit } from '../audit/append-audit.ts';
import { countDatabase } from '../backup/count-database.ts';
import { createBackup } from '../backup/create-backup.ts';
import { openStore } from '../backup/find-backup.ts';
import type { JobContext, JobOutcome } from './job-work.ts';

/** Backs up into the configured store. */
export async function backUp(context: JobContext): Promise<JobOutcome> {
  const { database, clock, random, config, run, directory, programVersion, signal, dryRun } = context;
  const store = openStore(config.backup.store, directory, random);
  if (dryRun) return { summary: { tables: await countDatabase(database) } };
  const backup = await createBackup({ database, store, clock, programVersion, signal });
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
