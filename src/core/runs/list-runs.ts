import type { Selectable } from 'kysely';
import type { Queries } from '../database/database.ts';
import type { RunsTable } from '../database/tables.ts';
import { ReferralError } from '../errors.ts';
import { compileWhere } from '../selection/compile-where.ts';
import type { WhereFields } from '../selection/where-field.ts';
import type { Instant } from '../time.ts';
import { findRun, selectRuns } from './run-queries.ts';

const FIELDS: WhereFields = {
  noun: 'runs',
  fields: {
    id: { type: 'integer', column: 'runs.id' },
    command: { type: 'text', column: 'runs.command' },
    operator: { type: 'text', column: 'runs.operator' },
    host: { type: 'text', column: 'runs.host' },
    status: {
      type: 'choice',
      column: 'runs.status',
      choices: ['running', 'done', 'partial', 'failed', 'interrupted'],
    },
    exit_code: { type: 'integer', column: 'runs.exit_code' },
    started_at: { type: 'time', column: 'runs.started_at' },
    finished_at: { type: 'time', column: 'runs.finished_at' },
  },
};

export interface RunRow extends Omit<Selectable<RunsTable>, 'arguments' | 'summary'> {
  readonly arguments: object;
  readonly summary: object;
}

export interface RunSelection {
  /** `--where` texts. */
  readonly where: readonly string[];
  readonly limit?: number | undefined;
  readonly offset: number;
  readonly now: Instant;
  readonly timezone?: string | undefined;
}

/** Runs, the newest first. Throws `usage` for a condition that is none. */
export async function listRuns(queries: Queries, selection: RunSelection): Promise<RunRow[]> {
  const { now, timezone = 'UTC' } = selection;
  const condition = await compileWhere(queries, selection.where, FIELDS, { now, timezone });
  return (await selectRuns(queries, condition, selection)).map(readRun);
}

/** One run by its key. Throws `not_found`. */
export async function getRun(queries: Queries, id: number): Promise<RunRow> {
  const row = await findRun(queries, id);
  if (row !== undefined) return readRun(row);
  throw new ReferralError('not_found', `There is no run ${id}`, { hint: 'See: referral runs list' });
}

function readRun(row: Selectable<RunsTable>): RunRow {
  return { ...row, arguments: JSON.parse(row.arguments), summary: JSON.parse(row.summary) };
}
