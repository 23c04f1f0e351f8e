import { tmpdir } from 'node:os';
import { z } from 'zod';
import { drillBackup } from '../../core/backup/drill-backup.ts';
import { readManifest } from '../../core/backup/find-backup.ts';
import { programVersion } from '../../core/package.ts';
import { FROM_OPTION, findNamedBackup, findUnseal, IDENTITY_OPTION } from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showProgress } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'backup drill',
  summary: 'Restore the newest backup on trial, check it, and put that on record',
  description:
    'Reads every byte, restores into a scratch database of the same engine (a file in the temporary folder, or a schema referral_drill on PostgreSQL), compares rows, hashes, references, ledger, audit chain and schema, and drops the scratch database whatever happens. How it ended is on record; doctor warns when the last one is long ago.',
  arguments: [
    { syntax: '[id]', description: 'another backup than the newest: its id, or the path of its manifest' },
  ],
  options: [FROM_OPTION, IDENTITY_OPTION],
  examples: [
    { line: 'referral backup drill', explains: 'the newest backup' },
    { line: 'referral backup drill --json', explains: 'the result as JSON' },
    { line: 'referral backup drill --dry-run', explains: 'which backup it would be' },
  ],
  exitCodes: [4, 5, 6, 10, 11, 14, 15, 17],
  changes: true,
  input: z.object({
    id: z.string().min(1).default('latest'),
    from: z.string().min(1).optional(),
    identityFile: z.string().min(1).optional(),
  }),
  async run(context, { id, from, identityFile }) {
    const { clock, random, globals } = context;
    const config = await context.config();
    const found = await findNamedBackup(context, id, from);
    const unseal = await findUnseal(context, identityFile);
    if (globals.dryRun) {
      const { created_at } = readManifest(found);
      return { kind: 'object', data: { id: found.id, created_at, dry_run: true } };
    }
    return context.usingRun(async (database, run) => {
      const drilled = await showProgress(context, 'drilling', (onProgress) =>
        drillBackup({
          ...{ database, url: config.database.url, config: config.database, found, unseal },
          ...{ scratch: tmpdir(), clock, random, run, programVersion: programVersion(), onProgress },
        }),
      );
      return { kind: 'object', data: { ...drilled, dry_run: false } };
    });
  },
});
