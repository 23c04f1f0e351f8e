import { z } from 'zod';
import { ArchiveReader, DamagedChunk } from '../../core/backup/archive-reader.ts';
import type { CheckedArchive } from '../../core/backup/check-archive.ts';
import { diffBackups } from '../../core/backup/diff-backups.ts';
import { readManifest } from '../../core/backup/find-backup.ts';
import { damaged } from '../../core/backup/manifest.ts';
import { FROM_OPTION, findNamedBackup, findUnseal, IDENTITY_OPTION } from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'backup diff',
  summary: 'Count what differs between two backups, table by table',
  description:
    'One row for each table that is not the same in both: its rows before and after, and how many of them, by their key, were added, removed and changed. What both share is not read. Needs no database.',
  arguments: [
    {
      syntax: '<before>',
      description: 'id of the earlier one, its first 8 or more digits, or the path of a manifest',
    },
    { syntax: '[after]', description: 'the later one; latest unless given' },
  ],
  options: [FROM_OPTION, IDENTITY_OPTION],
  examples: [
    { line: 'referral backup diff latest', explains: 'the newest with itself: nothing' },
    { line: 'referral backup diff latest latest --json', explains: 'the same as JSON' },
    { line: 'referral backup diff 00000000', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [4, 5, 14, 15],
  changes: false,
  input: z.object({
    before: z.string().min(1),
    after: z.string().min(1).default('latest'),
    from: z.string().min(1).optional(),
    identityFile: z.string().min(1).optional(),
  }),
  async run(context, { before, after, from, identityFile }) {
    const unseal = await findUnseal(context, identityFile);
    const open = async (id: string): Promise<CheckedArchive> => {
      const found = await findNamedBackup(context, id, from);
      const manifest = readManifest(found);
      return { manifest, reader: await ArchiveReader.open(found.store, manifest, unseal) };
    };
    try {
      const archives = [await open(before), await open(after)] as const;
      const rows = await showInterruptible(context, 'comparing rows', (onProgress) =>
        diffBackups(...archives, onProgress),
      );
      return {
        kind: 'list',
        columns: [
          { key: 'table' },
          { key: 'before', align: 'right' },
          { key: 'after', align: 'right' },
          { key: 'added', align: 'right' },
          { key: 'removed', align: 'right' },
          { key: 'changed', align: 'right' },
        ],
        rows: rows.map((row) => ({ ...row })),
      };
    } catch (error) {
      throw error instanceof DamagedChunk ? damaged(`${error.file}: ${error.message}`, before) : error;
    }
  },
});
