import { z } from 'zod';
import type { FoundBackup } from '../../core/backup/find-backup.ts';
import { forgetVerified, noteVerified } from '../../core/backup/verified-notes.ts';
import { type BackupVerification, verifyBackup } from '../../core/backup/verify-backup.ts';
import { ReferralError } from '../../core/errors.ts';
import {
  FROM_OPTION,
  findNamedBackup,
  findUnseal,
  ID_ARGUMENT,
  IDENTITY_OPTION,
} from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'backup verify',
  summary: 'Read every byte of a backup and compare it with what was written',
  description:
    'Checks the manifest against the id and every chunk against its size and SHA-256, unpacks it, and compares rows and hash of every table. Needs no database. Of an encrypted one without its private key the files are compared, not what is in them. --sample reads a part of the files only, chosen by chance, and looks that all others are there. Ends with 6 and names the files when something is damaged or missing.',
  arguments: [ID_ARGUMENT],
  options: [
    { flags: '--sample <part>', description: 'read only this part of the files, as 10%' },
    FROM_OPTION,
    IDENTITY_OPTION,
  ],
  examples: [
    { line: 'referral backup verify latest', explains: 'the newest one' },
    { line: 'referral backup verify latest --sample 10% --json', explains: 'a tenth of it, as JSON' },
    { line: 'referral backup verify 00000000', explains: 'one that does not exist', exitCode: 5 },
  ],
  exitCodes: [4, 5, 6, 15],
  changes: false,
  input: z.object({
    id: z.string().min(1),
    sample: z.string().optional().transform(parsePart),
    from: z.string().min(1).optional(),
    identityFile: z.string().min(1).optional(),
  }),
  async run(context, { id, sample, from, identityFile }) {
    const unseal = await findUnseal(context, identityFile);
    try {
      const found = await findNamedBackup(context, id, from);
      const data = await showInterruptible(context, 'verifying', (onProgress) =>
        verifyBackup(found, {
          ...{ unseal, onProgress },
          sample: sample === undefined ? undefined : { part: sample, random: context.random },
        }),
      );
      await note(found, data);
      return { kind: 'object', data, exitCode: data.intact ? 0 : 6 };
    } catch (error) {
      // Not even a manifest: to a verification that is a finding, not a failure.
      if (!(error instanceof ReferralError) || error.code !== 'input_unusable') throw error;
      const problems = [{ file: id, problem: error.reason ?? error.message }];
      return { kind: 'object', data: { id, intact: false, problems }, exitCode: 6 };
    }
  },
});

/** `10%` or `0.1`: a part of everything. */
function parsePart(text: string | undefined, issues: z.RefinementCtx): number | undefined {
  if (text === undefined) return undefined;
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text.trim()) ?? [];
  const part = Number(number) / (percent === '%' ? 100 : 1);
  if (part > 0 && part <= 1) return part;
  issues.addIssue({ code: 'custom', message: '--sample takes a part of the files, such as 10%' });
  return z.NEVER;
}

// The last backup that was found whole is the one that prune keeps in any case.
async function note({ store, id }: FoundBackup, { intact, checked }: BackupVerification): Promise<void> {
  if (!intact) await forgetVerified(store, [id]);
  else if (checked !== 'sample') await noteVerified(store, id);
}
