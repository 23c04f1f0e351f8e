import { z } from 'zod';
import { findBackup, openStore } from '../../core/backup/find-backup.ts';
import { verifyBackup } from '../../core/backup/verify-backup.ts';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'backup verify',
  summary: 'Read every byte of a backup and compare it with what was written',
  description:
    'Checks the manifest against the id and every chunk against its size and SHA-256, unpacks it, and compares rows and hash of every table. Needs no database. Ends with 6 and names the files when something is damaged or missing.',
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
    { line: 'referral backup verify latest', explains: 'the newest one' },
    { line: 'referral backup verify latest --json', explains: 'the same as JSON' },
    { line: 'referral backup verify 00000000', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [5, 6],
  changes: false,
  input: z.object({ id: z.string().min(1), from: z.string().min(1).optional() }),
  async run(context, { id, from }) {
    const { random, io } = context;
    const store = openStore(from ?? (await context.config()).backup.store, io.directory, random);
    const progress = context.progress('verifying');
    try {
      const found = await findBackup(id, store, io.directory, random);
      const data = await verifyBackup(found, (done, total) => progress.update(done, total));
      return { kind: 'object', data, exitCode: data.intact ? 0 : 6 };
    } catch (error) {
      // Not even a manifest: to a verification that is a finding, not a failure.
      if (!(error instanceof ReferralError) || error.code !== 'input_unusable') throw error;
      const problems = [{ file: id, problem: error.reason ?? error.message }];
      return { kind: 'object', data: { id, intact: false, problems }, exitCode: 6 };
    } finally {
      progress.stop();
    }
  },
});
