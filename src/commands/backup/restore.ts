import { z } from 'zod';
import { type CheckedArchive, checkArchive } from '../../core/backup/check-archive.ts';
import { compareTarget } from '../../core/backup/compare-target.ts';
import { countRows } from '../../core/backup/create-backup.ts';
import { type FoundBackup, findNewest } from '../../core/backup/find-backup.ts';
import { inspectTarget, type RestoreTarget } from '../../core/backup/inspect-target.ts';
import { type RestoredBackup, restoreBackup } from '../../core/backup/restore-backup.ts';
import { ReferralError } from '../../core/errors.ts';
import { programVersion } from '../../core/package.ts';
import { findInstant } from '../../core/time.ts';
import {
  FROM_OPTION,
  findNamedBackup,
  findUnseal,
  IDENTITY_OPTION,
  openBackupStore,
} from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { showInterruptible, showProgress } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'backup restore',
  summary: 'Put a backup in the place of a database, on either engine',
  description:
    'Reads and checks every byte before the first row is written, builds the new database beside the old one, checks it, and puts it in its place in one step: killed at any moment it leaves the old or the new one, complete. The old one is kept until backup commit. Suppressions, withdrawn consents, erasures, sends and payments that the old one has and the backup lacks are kept, and what can not be kept is told. Deliveries that were being sent become in doubt. Nothing can be sent or paid until backup release. A database that has rows is replaced only with --confirm and its name.',
  arguments: [
    { syntax: '[id]', description: 'id, its first 8 or more digits, latest, or the path of a manifest' },
  ],
  options: [
    { flags: '--into <url>', description: 'the database: sqlite:FILE or postgres://…' },
    { flags: '--at <time>', description: 'instead of an id: the newest backup of that time or before' },
    FROM_OPTION,
    IDENTITY_OPTION,
  ],
  examples: [
    { line: 'referral backup restore latest --into sqlite:restored.db', explains: 'into a new file' },
    {
      line: 'referral backup restore latest --into sqlite:referral.db --confirm referral.db',
      explains: 'over the database at hand',
    },
    {
      line: 'referral backup restore latest --into sqlite:referral.db --dry-run',
      explains: 'check everything, say what would differ, change nothing',
    },
    {
      line: 'referral backup restore --at 2026-03-01T09:00:00Z --into sqlite:then.db',
      explains: 'the newest backup of that time or before; here there is none so old',
      exitCode: 5,
    },
  ],
  exitCodes: [4, 5, 10, 11, 14, 15, 16, 17],
  changes: true,
  input: z.object({
    id: z.string().min(1).optional(),
    into: z.string().min(1),
    at: z.string().min(1).optional(),
    from: z.string().min(1).optional(),
    identityFile: z.string().min(1).optional(),
  }),
  async run(context, { into, identityFile, ...named }) {
    const { clock, random, globals } = context;
    const started = clock.milliseconds();
    const config = await context.config();
    const target = await inspectTarget(into, config.database);
    const found = await findWanted(context, named);
    const unseal = await findUnseal(context, identityFile);
    const checked = await showInterruptible(context, 'checking the backup', (onProgress) =>
      checkArchive(found, { unseal, onProgress }),
    );
    const place = { database: target.name, into: target.url, engine: target.engine };
    if (globals.dryRun) return { kind: 'object', data: await compare(context, target, found.id, checked) };
    if (target.hasRows) {
      await context.confirm({
        question: `Replace everything in ${target.name} by the backup of ${checked.manifest.created_at}?`,
        name: target.name,
        irreversible: true,
      });
    }
    const operator = await context.operator();
    const start = {
      command: 'backup restore',
      arguments: { id: found.id, into: target.url },
      operator,
      host: context.process.host,
      processId: context.process.id,
      version: programVersion(),
    };
    const restored = await showProgress(context, 'restoring', (onProgress) =>
      restoreBackup(into, {
        ...{ id: found.id, ...checked, clock, random, start, onProgress },
        run: { id: null, operator },
        programVersion: programVersion(),
        config: config.database,
      }),
    );
    for (const text of tellLost(restored)) context.warn(text);
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
  },
});

interface Named {
  readonly id?: string | undefined;
  readonly at?: string | undefined;
  readonly from?: string | undefined;
}

async function findWanted(context: Context, { id, at, from }: Named): Promise<FoundBackup> {
  if ((id === undefined) === (at === undefined)) {
    throw new ReferralError('usage', 'Which backup is to be restored?', {
      hint: 'Name one by its id or latest, or give --at TIME. See: referral backup list',
    });
  }
  if (id !== undefined) return findNamedBackup(context, id, from);
  const timezone = context.globals.timezone ?? (await context.config()).timezone;
  const time = findInstant(at ?? '', timezone);
  if (time === undefined) {
    throw new ReferralError('usage', `"${at}" is not a time`, {
      hint: 'Write ISO 8601: 2026-03-01T09:00:00Z, or 2026-03-01.',
    });
  }
  return findNewest(await openBackupStore(context, from), time);
}

/** What a dry run tells: what is in the backup, and how the target differs from it. */
async function compare(
  context: Context,
  target: RestoreTarget,
  id: string,
  { manifest, reader }: CheckedArchive,
): Promise<object> {
  const place = { database: target.name, into: target.url, engine: target.engine };
  const tables = countRows(manifest.tables);
  const data = { id, ...place, created_at: manifest.created_at, tables, dry_run: true };
  if (!target.hasRows) return { ...data, replaces: false };
  const { database } = await context.config();
  const differences = await compareTarget(target.url, database, { manifest, reader });
  return { ...data, replaces: true, ...differences };
}

function tellLost(restored: RestoredBackup): string[] {
  const { sends_lost, sends_lost_by_campaign, ledger_lost, payouts_kept, payouts_lost, kept } = restored;
  const where = kept === null ? '' : ` They are in what was kept of the old database: ${kept}.`;
  const campaigns = Object.entries(sends_lost_by_campaign).map(([slug, count]) => `${slug} ${count}`);
  const told = [
    sends_lost > 0 &&
      `${sends_lost} mails that went out after the backup are not known to the restored database, do not send them again: ${campaigns.join(', ')}.${where}`,
    payouts_kept > 0 &&
      `${payouts_kept} payments made after the backup were taken over: they are deducted from what falls due.`,
    payouts_lost > 0 &&
      `${payouts_lost} payments made after the backup went to people whom it does not know: do not pay them again.${where}`,
    ledger_lost > 0 &&
      `${ledger_lost} entries of the ledger rest on what came after the backup: import the bookings since and run rewards compute.${where}`,
  ];
  return told.filter((text) => text !== false);
}
