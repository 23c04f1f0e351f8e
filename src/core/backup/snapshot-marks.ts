import { z } from 'zod';
import type { Queries } from '../database/database.ts';
import { findMeta, saveMeta } from '../database/meta-queries.ts';
import type { Instant } from '../time.ts';

const snapshotMark = z.strictObject({
  /** The id of the backup. */
  backup: z.string(),
  /** When the newest backup began that read every row of the database. */
  read_at: z.string(),
  origin: z.string(),
  ended: z.string().regex(/^\d+$/),
});

/**
 * What a backup leaves in a PostgreSQL database, so that the next one can tell which rows were written since: the moment of its snapshot (`Moment`).
 * It lies in the database and not in the store, because a database that was set back to an earlier state has no mark of what came later.
 */
export interface SnapshotMark {
  readonly backup: string;
  readonly read_at: Instant;
  readonly origin: string;
  readonly ended: string;
}

const NAME = 'backup_marks';
// Of several stores that take turns each finds its own backup.
const MOST_MARKS = 8;

/** The marks of the newest backups, the newest first. What is not readable counts for nothing: all rows are read then. */
export async function findMarks(queries: Queries): Promise<readonly SnapshotMark[]> {
  const text = await findMeta(queries, NAME);
  try {
    return z.array(snapshotMark).parse(JSON.parse(text ?? '[]'));
  } catch {
    return [];
  }
}

export async function saveMark(queries: Queries, mark: SnapshotMark): Promise<void> {
  const others = (await findMarks(queries)).filter(({ backup }) => backup !== mark.backup);
  await saveMeta(queries, NAME, JSON.stringify([mark, ...others].slice(0, MOST_MARKS)));
}
