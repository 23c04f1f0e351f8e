import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Queries } from '../database/database.ts';
import { AUDIT_GENESIS } from './append-audit.ts';
import { type AuditHead, type AuditLine, formatAuditLine, parseAuditLine } from './audit-document.ts';
import { listEntriesAfter } from './audit-queries.ts';
import { type AuditProblem, checkEntry } from './verify-audit.ts';

/** What a file of entries holds: those after `after`, up to and with `head`. */
export interface AuditArchive {
  readonly file: string;
  readonly entries: number;
  readonly after: AuditHead;
  readonly head: AuditHead;
  readonly problems: readonly AuditProblem[];
}

const PAGE = 2_000;
const ENOUGH = 100;

/** Every entry, oldest first, up to and with a sequence number. Memory stays flat. */
export async function* streamEntries(
  queries: Queries,
  last = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<AuditLine> {
  let after = 0;
  for (;;) {
    const page = await listEntriesAfter(queries, after, PAGE);
    for (const entry of page) {
      if (entry.sequence > last) return;
      yield entry;
      after = entry.sequence;
    }
    if (page.length < PAGE) return;
  }
}

/** Writes the entries up to `last` into a file that appears whole or not at all, readable by its owner only. An existing file is an error. */
export async function writeAuditArchive(queries: Queries, file: string, last: number): Promise<void> {
  const temporary = `${file}.part`;
  // Taken at once, so that two of them never write the same file.
  const claim = await open(file, 'wx', 0o600);
  await claim.close();
  try {
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await writeLines(handle, streamEntries(queries, last));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    await rm(file, { force: true });
    throw error;
  }
}

async function writeLines(handle: FileHandle, entries: AsyncIterable<AuditLine>): Promise<void> {
  let lines: string[] = [];
  for await (const entry of entries) {
    lines.push(formatAuditLine(entry));
    if (lines.length < PAGE) continue;
    await handle.write(lines.join(''));
    lines = [];
  }
  await handle.write(lines.join(''));
}

/** Reads a file of entries and checks their chain. Throws `input_unusable` for a line that is none. */
export async function readAuditArchive(
  file: string,
  input: Readable = createReadStream(file),
): Promise<AuditArchive> {
  const problems: AuditProblem[] = [];
  let after: AuditHead | undefined;
  let head: AuditHead = { sequence: 0, hash: AUDIT_GENESIS };
  let entries = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() === '') continue;
    entries += 1;
    const entry = parseAuditLine(line, `${file}, line ${entries}`);
    after ??= { sequence: entry.sequence - 1, hash: entry.previous_hash };
    problems.push(...checkEntry(entry, entries === 1 ? after : head));
    head = { sequence: entry.sequence, hash: entry.hash };
  }
  return { file, entries, after: after ?? head, head, problems: problems.slice(0, ENOUGH) };
}

/** Do these files reach, one after the other, from the first entry ever written to where the log of now begins? */
export function checkArchives(
  archives: readonly AuditArchive[],
  cut: AuditHead | null,
): readonly AuditProblem[] {
  const problems = archives.flatMap((archive) => archive.problems);
  let head: AuditHead = { sequence: 0, hash: AUDIT_GENESIS };
  for (const archive of [...archives].sort((a, b) => a.after.sequence - b.after.sequence)) {
    problems.push(...checkJoint(archive.file, head, archive.after));
    head = archive.head;
  }
  // An export of the whole log may reach beyond the cut; then the log itself is what it has to agree with.
  if (cut !== null && head.sequence <= cut.sequence) problems.push(...checkJoint('the log', head, cut));
  return problems.slice(0, ENOUGH);
}

function checkJoint(what: string, end: AuditHead, beginning: AuditHead): AuditProblem[] {
  if (end.sequence === beginning.sequence && end.hash === beginning.hash) return [];
  const sequence = end.sequence + 1;
  if (end.sequence < beginning.sequence) {
    const explanation = `entries ${sequence} to ${beginning.sequence} are in none of the files`;
    return [{ sequence, problem: 'missing', explanation }];
  }
  const explanation = `${what} does not go on where the entries before it end`;
  return [{ sequence: beginning.sequence + 1, problem: 'not_chained', explanation }];
}
