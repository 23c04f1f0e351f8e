import { z } from 'zod';
import { listBackups } from '../../core/backup/list-backups.ts';
import { FROM_OPTION, openBackupStore } from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'backup list',
  summary: 'List the backups in a folder or S3',
  description:
    'One row per backup, the newest first. Reads the manifests only and needs no database; backup verify reads every byte.',
  options: [FROM_OPTION, ...PAGE_OPTIONS],
  examples: [
    { line: 'referral backup list', explains: 'those in the folder backups' },
    { line: 'referral backup list --limit 1 --json', explains: 'the newest one, as JSON' },
    { line: 'referral backup list --from elsewhere', explains: 'those in another folder; none here' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ from: z.string().min(1).optional(), ...pageFields }),
  async run(context, { from, limit, offset }) {
    const rows = await listBackups(await openBackupStore(context, from));
    return {
      kind: 'list',
      columns: [
        { key: 'id' },
        { key: 'created_at' },
        { key: 'database', wide: true },
        { key: 'engine', wide: true },
        { key: 'version', wide: true },
        { key: 'rows', align: 'right' },
        { key: 'bytes', align: 'right' },
        { key: 'status' },
        { key: 'location', wide: true },
      ],
      rows: rows.slice(offset, limit === undefined ? undefined : offset + limit).map((row) => ({ ...row })),
    };
  },
});
