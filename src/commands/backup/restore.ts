import { z } from 'zod';
import { countRows } from '../../core/backup/create-backup.ts';
import { findBackup, openStore } from '../../core/backup/find-backup.ts';
import { inspectTarget } from '../../core/backup/inspect-target.ts';
import { checkArchive, restoreBackup } from '../../core/backup/restore-backup.ts';
import { programVersion } from '../../core/package.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup restore',
  summary: 'Put a backup in the place of a database, on either engine',
  description:
    'Reads and checks every byte before the first row is written, builds the new database beside the old one, checks it, and puts it in its place in one step: killed at any moment it leaves the old or the new one, complete. The old one is kept until backup commit. Suppressions, withdrawn consents and erasures that the old one has and the backup lacks are kept. Deliveries that were being sent become in doubt. Nothing can be sent or paid until backup release. A database that has rows is replaced only with --confirm and its name.',
  arguments: [
    { syntax: '<id>', description: 'id, its first 8 or more digits, latest, or the path of a manifest' },
  ],
  options: [
    { flags: '--into <url>', description: 'the database: sqlite:FILE or postgres://…' },
    {
      flags: '--from <folder>',
      description: 'where the backups lie',
      defaultText: 'backup.store of the configuration',
    },
  ],
  examples: [
    { line: 'referral backup restore latest --into sqlite:restored.db', explains: 'into a new file' },
    {
      line: 'referral backup restore latest --into sqlite:referral.db --confirm referral.db',
      explains: 'over the database at hand',
    },
    {
      line: 'referral backup restore latest --into sqlite:referral.db --dry-run',
      explains: 'check everything, change nothing',
    },
  ],
  exitCodes: [5, 10, 11, 14, 16],
  changes: true,
  input: z.object({ id: z.string().min(1), into: z.string().min(1), from: z.string().min(1).optional() }),
  async run(context, { id, into, from }) {
    const { clock, random, globals, io } = context;
    const started = clock.milliseconds();
    const config = await context.config();
    const target = await inspectTarget(into, config.database);
    const store = openStore(from ?? config.backup.store, io.directory, random);
    const found = await findBackup(id, store, io.directory, random);
    const progress = context.progress('restoring');
    try {
      const manifest = await checkArchive(found, (done, total) => progress.update(done, total));
      if (target.hasRows) {
        await context.confirm({
          question: `Replace everything in ${target.name} by the backup of ${manifest.created_at}?`,
          name: target.name,
          irreversible: true,
        });
      }
      const place = { database: target.name, into: target.url, engine: target.engine };
      if (globals.dryRun) {
        const tables = countRows(manifest.tables);
        return { kind: 'object', data: { id: found.id, ...place, tables, dry_run: true } };
      }
      const restored = await restoreBackup(into, {
        id: found.id,
        manifest,
        store: found.store,
        clock,
        random,
        run: { id: null, operator: await context.operator() },
        programVersion: programVersion(),
        config: config.database,
        onProgress: (done, total) => progress.update(done, total),
      });
      const next = [
        `referral backup release --database ${target.url} --confirm ${target.name}`,
        ...(restored.kept === null
          ? []
          : [`referral backup commit --database ${target.url} --confirm ${target.name}`]),
      ];
      return {
        kind: 'object',
        data: { ...place, ...restored, duration_ms: clock.milliseconds() - started, dry_run: false },
        next,
      };
    } finally {
      progress.stop();
    }
  },
});
