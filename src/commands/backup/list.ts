import { z } from 'zod';
import { openStore } from '../../core/backup/find-backup.ts';
import { listBackups } from '../../core/backup/list-backups.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'backup list',
  summary: 'List the backups in a folder',
  description:
    'One row per backup, the newest first. Reads the manifests only and needs no database; backup verify reads every byte.',
  options: [
    {
      flags: '--from <folder>',
      description: 'where the backups lie',
      defaultText: 'backup.store of the configuration',
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral backup list', explains: 'those in the folder backups' },
    { line: 'referral backup list --limit 1 --json', explains: 'the newest one, as JSON' },
    { line: 'referral backup list --from elsewhere', explains: 'those in another folder; none here' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ from: z.string().min(1).optional(), ...pageFields }),
  async run(context, { from, limit, offset }) {
    const location = from ?? (await context.config()).backup.store;
    const rows = await listBackups(openStore(location, context.io.directory, context.random));
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
