import { z } from 'zod';
import { manifestName } from '../../core/backup/backup-store.ts';
import { findBackup, openStore, readManifest } from '../../core/backup/find-backup.ts';
import { describeManifest } from '../../core/backup/list-backups.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup show',
  summary: 'Show what a backup holds',
  description:
    'What its manifest says: when and from what it was made, rows and hash of every table. Needs no database.',
  arguments: [
    { syntax: '<id>', description: 'id, its first 8 or more digits, latest, or the path of a manifest' },
  ],
  options: [
    {
      flags: '--from <folder>',
      description: 'where the backups lie',
      defaultText: 'backup.store of the configuration',
    },
  ],
  examples: [
    { line: 'referral backup show latest', explains: 'the newest one' },
    { line: 'referral backup show latest --json', explains: 'the same as JSON' },
    { line: 'referral backup show 00000000', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [5, 14],
  changes: false,
  input: z.object({ id: z.string().min(1), from: z.string().min(1).optional() }),
  async run(context, { id, from }) {
    const { random, io } = context;
    const store = openStore(from ?? (await context.config()).backup.store, io.directory, random);
    const found = await findBackup(id, store, io.directory, random);
    const location = found.store.locate(manifestName(found.id));
    return { kind: 'object', data: describeManifest(found.id, location, readManifest(found)) };
  },
});
