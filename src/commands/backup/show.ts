import { z } from 'zod';
import { manifestName } from '../../core/backup/backup-store.ts';
import { readManifest } from '../../core/backup/find-backup.ts';
import { describeManifest } from '../../core/backup/list-backups.ts';
import { FROM_OPTION, findNamedBackup, ID_ARGUMENT } from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup show',
  summary: 'Show what a backup holds',
  description:
    'What its manifest says: when and from what it was made, rows and hash of every table. Needs no database.',
  arguments: [ID_ARGUMENT],
  options: [FROM_OPTION],
  examples: [
    { line: 'referral backup show latest', explains: 'the newest one' },
    { line: 'referral backup show latest --json', explains: 'the same as JSON' },
    { line: 'referral backup show 00000000', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [5, 14],
  changes: false,
  input: z.object({ id: z.string().min(1), from: z.string().min(1).optional() }),
  async run(context, { id, from }) {
    const found = await findNamedBackup(context, id, from);
    const location = found.store.locate(manifestName(found.id));
    return { kind: 'object', data: describeManifest(found.id, location, readManifest(found)) };
  },
});
