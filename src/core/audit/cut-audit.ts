import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { findMeta, saveMeta } from '../database/meta-queries.ts';
import { ReferralError } from '../errors.ts';
import type { Instant } from '../time.ts';
import { appendAudit } from './append-audit.ts';
import { readAuditArchive, writeAuditArchive } from './audit-archive.ts';
import type { AuditHead } from './audit-document.ts';
import {
  countEntriesUpTo,
  deleteEntriesUpTo,
  findEntryHash,
  findLastBefore,
  lockAudit,
} from './audit-queries.ts';
import type { Run } from './run.ts';
import { CUT_ACTION, readMark, verifyAudit } from './verify-audit.ts';

export interface CutOptions {
  /** Entries written before this time go, the newest entry never. */
  readonly before: Instant;
  /** Absolute path of the file that they go into; it must not be there yet. */
  readonly file: (from: number, to: number) => string;
  readonly dryRun: boolean;
}

export interface AuditCut {
  /** Entries that were cut off, 0 when there was nothing to cut. */
  readonly entries: number;
  readonly from: number | null;
  readonly to: number | null;
  /** The hash of the last entry that was cut off: what the log of now begins with. */
  readonly hash: string | null;
  readonly file: string | null;
}

/**
 * Cuts the beginning off the audit log: writes it to a file, reads that back, and only then deletes it, in the
 * transaction that puts the cut on record. Afterwards `audit verify` still proves the rest, and with the file everything.
 * Throws `check_failed` for a log that is not intact, `output_exists`.
 */
export async function cutAudit(
  { database, clock, run }: { readonly database: Database; readonly clock: Clock; readonly run: Run },
  { before, file: nameFile, dryRun }: CutOptions,
): Promise<AuditCut> {
  const last = await findLastBefore(database.queries, before);
  if (last === undefined) return { entries: 0, from: null, to: null, hash: null, file: null };
  await database.snapshot(assertIntact);
  const entries = await countEntriesUpTo(database.queries, last.sequence);
  const from = last.sequence - entries + 1;
  const file = nameFile(from, last.sequence);
  const cut = { entries, from, to: last.sequence, hash: last.hash, file };
  if (dryRun) return cut;
  await write(database, file, last);
  await database.transaction(async (transaction) => {
    await lockAudit(transaction);
    if ((await findEntryHash(transaction, last.sequence)) !== last.hash) throw cutAlready();
    await deleteEntriesUpTo(transaction, last.sequence);
    await saveMeta(transaction, 'audit_cut', `${last.sequence}:${last.hash}`);
    const details = { from, to: last.sequence, entries, hash: last.hash };
    await appendAudit(transaction, clock, run, { action: CUT_ACTION, subject: 'audit log', details });
  });
  return cut;
}

async function assertIntact(queries: Database['queries']): Promise<void> {
  const { intact, problems } = await verifyAudit(queries);
  if (intact) return;
  throw new ReferralError('check_failed', 'The audit log is not intact: nothing is cut off it', {
    reason: problems[0]?.explanation ?? '',
    hint: 'See: referral audit verify',
  });
}

async function write(database: Database, file: string, last: AuditHead): Promise<void> {
  try {
    await database.snapshot((snapshot) => writeAuditArchive(snapshot, file, last.sequence));
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    throw new ReferralError('output_exists', `The entries can't be written to ${file}`, {
      reason: cause.message,
      hint: 'Name another file with --to; nothing was deleted.',
      cause,
    });
  }
  const after = readMark(await findMeta(database.queries, 'audit_cut'));
  const archive = await readAuditArchive(file);
  const isWhole =
    archive.problems.length === 0 &&
    archive.head.hash === last.hash &&
    (after === undefined || after.hash === archive.after.hash);
  if (isWhole) return;
  throw new ReferralError('check_failed', `${file} is not what was written`, {
    reason: archive.problems[0]?.explanation ?? 'it ends elsewhere',
    hint: 'Nothing was deleted. Check the disk, and name another file with --to.',
  });
}

function cutAlready(): ReferralError {
  return new ReferralError('locked', 'Somebody else has cut the audit log meanwhile', {
    hint: 'Look at it: referral audit verify',
  });
}
