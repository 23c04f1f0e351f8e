import type { Queries } from '../database/database.ts';
import { addMilliseconds, type Instant } from '../time.ts';
import type { ArchiveTable } from './archive-tables.ts';
import type { KnownBackup } from './known-chunks.ts';
import type { ManifestChunk, ManifestTable } from './manifest.ts';
import { countRowGroups, type Moment } from './row-age-queries.ts';
import { hasNumericKey } from './rows/read-row-texts.ts';
import type { SnapshotMark } from './snapshot-marks.ts';

/** What of a table is as an earlier backup has it, by groups of keys (`groupOf`). */
export interface UnchangedGroups {
  readonly chunks: ReadonlyMap<number, readonly ManifestChunk[]>;
  /** The other groups that have rows, in their order. */
  readonly others: readonly number[];
}

export interface Unchanged {
  /** By table; one that is missing here is to be read as a whole. */
  readonly tables: ReadonlyMap<string, UnchangedGroups>;
  /** When the newest backup began that read every row. */
  readonly readAt: Instant;
}

export interface FindUnchangedOptions {
  readonly tables: readonly ArchiveTable[];
  readonly moment: Moment;
  readonly marks: readonly SnapshotMark[];
  readonly known: KnownBackup | undefined;
  readonly programVersion: string;
  readonly now: Instant;
  /** Does the store hold a chunk? */
  readonly holds: (chunk: ManifestChunk) => Promise<boolean>;
}

// However sure it is which rows are unchanged: once in a while they are all read.
const READ_AGAIN_AFTER_MS = 7 * 24 * 60 * 60 * 1000;
// To read a smaller table takes no longer than to ask about it.
const LEAST_CHUNKS = 4;
const ASKED_AT_ONCE = 8;

/**
 * Finds the parts of a PostgreSQL database, as a snapshot shows it, in which nothing was written since the backup `known`: no row of theirs is younger, and
 * they have as many rows as then, so none is gone. All is to be read where there is no mark of that backup, or the tables are no longer the same.
 */
export async function findUnchanged(snapshot: Queries, options: FindUnchangedOptions): Promise<Unchanged> {
  const { known, now, moment } = options;
  const mark = findMark(options);
  if (known === undefined || mark === undefined) return { tables: new Map(), readAt: now };
  const tables = new Map<string, UnchangedGroups>();
  for (const table of options.tables) {
    const chunks = groupChunks(
      table,
      known.manifest.tables.find(({ name }) => name === table.name),
    );
    if (chunks === undefined) continue;
    const groups = await countRowGroups(snapshot, table, mark, moment);
    const same = groups.filter(
      ({ group, rows, young }) => young === 0 && countRows(chunks.get(group)) === rows,
    );
    const kept = await findHeld(
      same.map(({ group }) => [group, chunks.get(group) ?? []]),
      options.holds,
    );
    const others = groups.map(({ group }) => group).filter((group) => !kept.has(group));
    tables.set(table.name, { chunks: kept, others });
  }
  return { tables, readAt: mark.read_at };
}

function findMark({
  marks,
  known,
  moment,
  programVersion,
  now,
}: FindUnchangedOptions): SnapshotMark | undefined {
  const mark = marks.find(({ backup }) => backup === known?.id);
  if (mark === undefined || mark.origin !== moment.origin) return undefined;
  // Somebody has made the server count anew.
  if (BigInt(mark.ended) > BigInt(moment.ended)) return undefined;
  // Another version may write the same rows otherwise.
  if (known?.manifest.program_version !== programVersion) return undefined;
  const isRecent = mark.read_at <= now && now < addMilliseconds(mark.read_at, READ_AGAIN_AFTER_MS);
  return isRecent ? mark : undefined;
}

/** The chunks of a table by group; undefined when they can't be told apart so, or are not worth it. */
function groupChunks(
  table: ArchiveTable,
  before: ManifestTable | undefined,
): Map<number, ManifestChunk[]> | undefined {
  if (before === undefined || before.chunks.length < LEAST_CHUNKS || !hasNumericKey(table)) return undefined;
  const groups = new Map<number, ManifestChunk[]>();
  for (const chunk of before.chunks) {
    if (chunk.group === null) return undefined;
    const chunks = groups.get(chunk.group);
    if (chunks === undefined) groups.set(chunk.group, [chunk]);
    else chunks.push(chunk);
  }
  return groups;
}

function countRows(chunks: readonly ManifestChunk[] | undefined): number | undefined {
  return chunks?.reduce((sum, { rows }) => sum + rows, 0);
}

/** Those of the groups whose every chunk is in the store. */
async function findHeld(
  groups: readonly (readonly [number, readonly ManifestChunk[]])[],
  holds: FindUnchangedOptions['holds'],
): Promise<Map<number, readonly ManifestChunk[]>> {
  const held = new Map<number, readonly ManifestChunk[]>();
  for (let at = 0; at < groups.length; at += ASKED_AT_ONCE) {
    const asked = groups.slice(at, at + ASKED_AT_ONCE);
    const answers = await Promise.all(asked.map(([, chunks]) => Promise.all(chunks.map(holds))));
    for (const [place, [group, chunks]] of asked.entries()) {
      if (answers[place]?.every(Boolean) === true) held.set(group, chunks);
    }
  }
  return held;
}
