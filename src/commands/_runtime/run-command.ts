import type { Run } from '../../core/audit/run.ts';
import type { Clock } from '../../core/clock.ts';
import type { Database, ProcessLock } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { programVersion } from '../../core/package.ts';
import { finishRun, startRun } from '../../core/runs/record-run.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { GlobalOptions } from './globals-schema.ts';
import type { Log } from './log.ts';
import { withoutPersonalData } from './redact.ts';

/** Thrown when `--skip-if-locked` finds the lock taken: the command ends well without having done anything. */
export class SkippedBecauseLocked extends Error {}

export interface RunEnvironment {
  readonly clock: Clock;
  readonly log: Log;
  readonly globals: GlobalOptions;
  readonly signal: AbortSignal;
  /** The words after the command's name, as typed. */
  readonly words: readonly string[];
  readonly commandName: string;
  readonly operator: string;
  readonly host: string;
  readonly processId: number;
  readonly redact: (text: string) => string;
  readonly onRun: (id: number) => void;
}

const LOCK_POLL_MS = 250;

/** Runs `work` as a recorded run, under a process lock where one is named. A dry run is not recorded. */
export async function runRecorded<T>(
  database: Database,
  environment: RunEnvironment,
  lockName: string | undefined,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const lock = lockName === undefined ? undefined : await acquireLock(database, lockName, environment);
  try {
    if (environment.globals.dryRun) return await work({ id: null, operator: environment.operator });
    return await record(database, environment, work);
  } finally {
    await lock?.release();
  }
}

async function record<T>(
  database: Database,
  environment: RunEnvironment,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const { clock, operator, signal } = environment;
  const run = await startRun(database.queries, clock, {
    command: environment.commandName,
    arguments: { words: environment.words.map((word) => withoutPersonalData(environment.redact(word))) },
    operator,
    host: environment.host,
    processId: environment.processId,
    version: programVersion(),
  });
  environment.onRun(run.id);
  let result: T;
  try {
    result = await work(run);
  } catch (error) {
    const exitCode = error instanceof ReferralError ? exitCodeOf(error.code) : 1;
    const status = error instanceof ReferralError && error.code === 'interrupted' ? 'interrupted' : 'failed';
    const code = error instanceof ReferralError ? error.code : 'internal';
    // The first error is the one to tell; a database that is gone can't record it anyway.
    await finishRun(database.queries, clock, run.id, { status, exitCode, summary: { error: code } }).catch(
      () => {},
    );
    throw error;
  }
  const exitCode = exitCodeIn(result);
  const status = signal.aborted ? 'interrupted' : exitCode === 3 ? 'partial' : 'done';
  const end = { status, exitCode, summary: countsOf(result) } as const;
  await finishRun(database.queries, clock, run.id, end).catch((error: unknown) => {
    // What was done stays done: to call it failed would have it done again.
    const { message, reason = message } = error as Error & { readonly reason?: string };
    environment.log.line(
      'warning',
      `The work is done, but run ${run.id} could not be recorded as such: ${reason}`,
    );
  });
  return result;
}

async function acquireLock(
  database: Database,
  name: string,
  { clock, globals, log, signal }: RunEnvironment,
): Promise<ProcessLock> {
  const until = clock.milliseconds() + (globals.lockWait ?? 0);
  let told = false;
  for (;;) {
    const lock = await database.tryLock(name);
    if (lock !== undefined) return lock;
    if (globals.skipIfLocked) throw new SkippedBecauseLocked();
    if (signal.aborted || clock.milliseconds() >= until) {
      throw new ReferralError('locked', `Another run of this job is at work (lock "${name}")`, {
        hint: 'Wait for it, or add --lock-wait 5m to wait, or --skip-if-locked to end quietly.',
        details: { lock: name },
      });
    }
    if (!told) log.line('info', `Waiting for another run of this job (lock "${name}") …`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
}

function exitCodeIn(result: unknown): number {
  const code = (result as { readonly exitCode?: unknown } | undefined)?.exitCode;
  return typeof code === 'number' ? code : 0;
}

/** The figures of a result, for the run record: numbers and flags only, so that nothing personal is kept. */
export function countsOf(result: unknown): Record<string, unknown> {
  if (typeof result !== 'object' || result === null) return {};
  const source =
    'data' in result && typeof result.data === 'object' && result.data !== null ? result.data : result;
  const counts: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(source)) {
    if (typeof value === 'number' || typeof value === 'boolean') counts[key] = value;
    else if (isFigures(value)) counts[key] = value;
  }
  return counts;
}

function isFigures(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((part) => typeof part === 'number');
}
