import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { type PruneOptions, type PruneResult, pruneBackups } from '../../core/backup/prune-backups.ts';
import { recordPrune } from '../../core/backup/record-prune.ts';
import { parseDuration } from '../../core/time.ts';
import { FROM_OPTION, openBackupStore } from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';
import { showProgress } from '../_runtime/show-progress.ts';

const count = z.coerce.number().int().min(0).optional();

export const command = defineCommand({
  name: 'backup prune',
  summary: 'Remove old backups by a rule of what to keep',
  description:
    'Keeps the newest backup of each of so many days, weeks (from Monday), months and years that have one, the last so many, and all of a stretch of time; one reason is enough. Says what it would do; only --yes does it. The newest backup of a database is always kept, and so is the last one that was verified. Then removes the files that no backup needs any more, unless a backup is just being made. Killed at any moment it leaves whole backups.',
  options: [
    { flags: '--keep-last <n>', description: 'the last so many' },
    { flags: '--keep-daily <n>', description: 'one of each of so many days' },
    { flags: '--keep-weekly <n>', description: 'one of each of so many weeks' },
    { flags: '--keep-monthly <n>', description: 'one of each of so many months' },
    { flags: '--keep-yearly <n>', description: 'one of each of so many years' },
    { flags: '--keep-within <duration>', description: 'all of the last 30d, 12h …' },
    FROM_OPTION,
  ],
  examples: [
    {
      line: 'referral backup prune --keep-daily 7 --keep-weekly 5 --keep-monthly 12',
      explains: 'what would be removed',
    },
    { line: 'referral backup prune --keep-last 10 --yes', explains: 'remove all but the last ten' },
    { line: 'referral backup prune --keep-within 30d --json', explains: 'the decisions as JSON' },
  ],
  exitCodes: [10, 15],
  changes: true,
  input: z.object({
    keepLast: count,
    keepDaily: count,
    keepWeekly: count,
    keepMonthly: count,
    keepYearly: count,
    keepWithin: z
      .string()
      .optional()
      .transform((text) => (text === undefined ? undefined : parseDuration(text))),
    from: z.string().min(1).optional(),
  }),
  async run(context, { from, ...keep }) {
    const { clock, random, signal, globals } = context;
    const store = await openBackupStore(context, from);
    const timezone = globals.timezone ?? (await context.config()).timezone;
    const policy = {
      last: keep.keepLast,
      daily: keep.keepDaily,
      weekly: keep.keepWeekly,
      monthly: keep.keepMonthly,
      yearly: keep.keepYearly,
      withinMs: keep.keepWithin,
    };
    const options = { store, policy, clock, random, timezone, signal };
    if (!globals.yes || globals.dryRun) return show(await pruneBackups({ ...options, dryRun: true }));
    return pruneRecorded(context, options);
  },
});

// Where backups lie is no secret of the database: what would be removed can be asked without it.
async function pruneRecorded(context: Context, options: Omit<PruneOptions, 'dryRun'>): Promise<Result> {
  const { clock } = context;
  return context.usingRun(async (database, run) => {
    const started = clock.milliseconds();
    const result = await showProgress(context, 'removing files', (onProgress) =>
      pruneBackups({ ...options, dryRun: false, onProgress }),
    );
    await database.transaction(async (transaction) => {
      await recordPrune(transaction, result, { clock, run, started });
      await appendAudit(transaction, clock, run, {
        action: 'backup.pruned',
        subject: result.store,
        details: { removed: result.removed, kept: result.kept, bytes_freed: result.bytes_freed },
      });
    });
    return show(result);
  });
}

function show(result: PruneResult): Result {
  const { backups, ...data } = result;
  return {
    kind: 'object',
    data,
    rows: {
      key: 'backups',
      columns: [{ key: 'id' }, { key: 'created_at' }, { key: 'action' }, { key: 'reasons' }],
      list: backups.map(({ reasons, ...row }) => ({ ...row, reasons: reasons.join(', ') })),
      main: true,
    },
    next: result.dry_run && result.removed > 0 ? ['the same with --yes'] : [],
  };
}
