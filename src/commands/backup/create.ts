import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { countDatabase } from '../../core/backup/count-database.ts';
import { createBackup } from '../../core/backup/create-backup.ts';
import { openStore } from '../../core/backup/find-backup.ts';
import { programVersion } from '../../core/package.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup create',
  summary: 'Back up the whole database into a folder',
  description:
    'Writes one consistent snapshot: every table as typed rows, compressed, in chunks named after their SHA-256, and last a manifest whose SHA-256 is the id. What an earlier backup in the folder holds already is not written again. Others may go on working meanwhile. A backup holds personal data and the secret of the database: its files can be read by their owner only; keep them like the database itself.',
  options: [
    {
      flags: '--to <folder>',
      description: 'where to write it',
      defaultText: 'backup.store of the configuration',
    },
  ],
  examples: [
    { line: 'referral backup create', explains: 'into the folder backups' },
    {
      line: 'referral backup create --to /tmp/referral-backups --json',
      explains: 'elsewhere, the id as JSON',
    },
    { line: 'referral backup create --dry-run', explains: 'how many rows it would hold' },
  ],
  exitCodes: [10, 17, 130, 143],
  changes: true,
  input: z.object({ to: z.string().min(1).optional() }),
  async run(context, { to }) {
    const { clock, random, signal, globals, io } = context;
    const location = to ?? (await context.config()).backup.store;
    const store = openStore(location, io.directory, random);
    return context.usingRun(async (database, run) => {
      if (globals.dryRun) {
        const tables = await countDatabase(database);
        return { kind: 'object', data: { id: null, location: store.location, tables, dry_run: true } };
      }
      const progress = context.progress('backing up');
      try {
        const backup = await createBackup({
          database,
          store,
          clock,
          programVersion: programVersion(),
          signal,
          onProgress: (rows) => progress.update(rows),
        });
        const { id, tables, bytes } = backup;
        await database.transaction((transaction) =>
          appendAudit(transaction, clock, run, {
            action: 'backup.created',
            subject: id,
            details: { tables, bytes },
          }),
        );
        return {
          kind: 'object',
          data: backup,
          next: [`referral backup verify ${id}${to === undefined ? '' : ` --from ${to}`}`],
        };
      } finally {
        progress.stop();
      }
    });
  },
});
