import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import type { RunStatus } from '../database/tables.ts';
import { insertRun, updateRun } from './run-queries.ts';

export interface RunStart {
  /** The words of the command: `customers import`. */
  readonly command: string;
  /** What it was given, secrets and personal data already taken out. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly operator: string;
  readonly host: string;
  readonly processId: number;
  /** Version of the program. */
  readonly version: string;
}

export interface RunEnd {
  readonly status: Exclude<RunStatus, 'running'>;
  readonly exitCode: number;
  /** Counts and names of what was done; no personal data. */
  readonly summary: Readonly<Record<string, unknown>>;
}

/** Records that a changing command has begun; the returned run is what services put into the audit log. */
export async function startRun(
  queries: Queries,
  clock: Clock,
  start: RunStart,
): Promise<{ id: number; operator: string }> {
  const id = await insertRun(queries, {
    command: start.command,
    arguments: canonicalJson(start.arguments),
    operator: start.operator,
    host: start.host,
    process_id: start.processId,
    program_version: start.version,
    started_at: clock.now(),
    finished_at: null,
    status: 'running',
    exit_code: null,
    summary: '{}',
  });
  return { id, operator: start.operator };
}

/** Records how a run ended. A run that was killed stays `running`, which is how it is recognised. */
export async function finishRun(queries: Queries, clock: Clock, id: number, end: RunEnd): Promise<void> {
  await updateRun(queries, id, {
    status: end.status,
    exit_code: end.exitCode,
    summary: canonicalJson(end.summary),
    finished_at: clock.now(),
  });
}
