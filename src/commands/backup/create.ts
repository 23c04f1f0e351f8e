import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { countDatabase } from '../../core/backup/count-database.ts';
import { createBackup } from '../../core/backup/create-backup.ts';
import { createSeal } from '../../core/backup/encryption.ts';
import { programVersion } from '../../core/package.ts';
import { openBackupStore } from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showProgress } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'backup create',
  summary: 'Write a consistent copy of the whole database into a folder or S3',
  description:
    'One moment of the database, portable between SQLite and PostgreSQL: every table as typed rows, compressed, in chunks named after their SHA-256, and last a manifest whose SHA-256 is the id. What an earlier backup in the store holds already is not written again, and of rows that changed only the change. Others may go on working meanwhile. A backup holds personal data and the secret of the database: its files can be read by their owner only; keep them like the database itself, or encrypt them to public keys of age, whose private keys this machine does not need.',
  options: [
    {
      flags: '--to <store>',
      description: 'where to write it: a folder or s3://BUCKET/PREFIX',
      defaultText: 'backup.store of the configuration',
    },
    {
      flags: '--encrypt-to <key>',
      description: 'public key of age, age1…; several may each read it',
      defaultText: 'backup.encrypt_to of the configuration',
      repeatable: true,
    },
  ],
  examples: [
    { line: 'referral backup create', explains: 'into the folder backups' },
    {
      line: 'referral backup create --to /tmp/referral-backups --json',
      explains: 'elsewhere, the id as JSON',
    },
    {
      line: 'referral backup create --encrypt-to age18cddawqwc9q7s78dagteusj2nplx0z204jecl0kp3z7rga3jqfrsej3kpn',
      explains: 'so that only the owner of a private key can read it',
    },
    { line: 'referral backup create --dry-run', explains: 'how many rows it would hold' },
  ],
  exitCodes: [4, 10, 15, 17, 130, 143],
  changes: true,
  input: z.object({
    to: z.string().min(1).optional(),
    encryptTo: z.array(z.string().min(1)).default([]),
  }),
  async run(context, { to, encryptTo }) {
    const { clock, random, signal, globals } = context;
    const recipients = encryptTo.length > 0 ? encryptTo : (await context.config()).backup.encrypt_to;
    // What is no key is told before anything is read.
    await createSeal(recipients);
    const store = await openBackupStore(context, to);
    return context.usingRun(async (database, run) => {
      if (globals.dryRun) {
        const tables = await countDatabase(database);
        return { kind: 'object', data: { id: null, location: store.location, tables, dry_run: true } };
      }
      const { database: config } = await context.config();
      const backup = await showProgress(context, 'backing up', (onProgress) =>
        createBackup({
          ...{ database, opening: { url: config.url, config }, store },
          ...{ clock, random, run, signal, onProgress },
          encryptTo: recipients,
          programVersion: programVersion(),
        }),
      );
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
    });
  },
});
