import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cutAudit } from '../audit/cut-audit.ts';
import { pruneRuns } from '../runs/prune-runs.ts';
import { getSettings } from '../settings/settings.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import { deleteJobRuns } from './job-queries.ts';
import type { JobContext, JobOutcome } from './job-work.ts';

const DAY_MS = 86_400_000;

/** Where the entries go that are cut off the audit log: a folder in the one where the jobs run. */
export const AUDIT_ARCHIVE = 'audit-archive';

/** Removes what the settings no longer ask for. The audit log first: runs that it names can't go before its entries. */
export async function pruneLogs(context: JobContext): Promise<JobOutcome> {
  const { database, clock, dryRun } = context;
  const keep = await getSettings(database.queries, ['audit.keep_days', 'jobs.keep_days', 'runs.keep_days']);
  const before = (days: number): Instant => addMilliseconds(clock.now(), -days * DAY_MS);
  const auditDays = keep['audit.keep_days'];
  const runDays = keep['runs.keep_days'];
  const audit = auditDays === null ? undefined : await cut(context, before(auditDays));
  const jobs = await database.transaction((trx) => deleteJobRuns(trx, before(keep['jobs.keep_days'])), {
    rollback: dryRun,
  });
  const runs = runDays === null ? 0 : (await pruneRuns(context, { before: before(runDays), dryRun })).removed;
  return {
    summary: { job_runs: jobs, runs, audit_entries: audit?.entries ?? 0, audit_file: audit?.file ?? null },
  };
}

async function cut(context: JobContext, before: Instant) {
  const folder = resolve(context.directory, AUDIT_ARCHIVE);
  if (!context.dryRun) await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = (from: number, to: number): string => join(folder, auditFileName(from, to));
  return cutAudit(context, { before, file, dryRun: context.dryRun });
}

/** `audit-000001-004711.ndjson`: the files of a folder sort in the order of the log. */
export function auditFileName(from: number, to: number): string {
  const digits = (sequence: number): string => String(sequence).padStart(9, '0');
  return `audit-${digits(from)}-${digits(to)}.ndjson`;
}
