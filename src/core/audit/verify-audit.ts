import type { Queries } from '../database/database.ts';
import { findMeta } from '../database/meta-queries.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import { AUDIT_GENESIS, auditHash } from './append-audit.ts';
import type { AuditHead, AuditLine } from './audit-document.ts';
import { findEntryHash, listEntriesAfter } from './audit-queries.ts';

export interface AuditProblem {
  /** The sequence number at which the chain does not hold. */
  readonly sequence: number;
  readonly problem: 'edited' | 'missing' | 'not_chained';
  readonly explanation: string;
}

export interface AuditVerification {
  readonly intact: boolean;
  readonly entries: number;
  readonly head: AuditHead | null;
  /** The last entry that was cut off into an archive, or null: then the log goes back to its first entry. */
  readonly cut: AuditHead | null;
  readonly problems: readonly AuditProblem[];
}

/** The action of the entry that says where the log was cut. */
export const CUT_ACTION = 'audit.cut';

const PAGE = 2_000;
const ENOUGH = 100;
const BEGINNING: AuditHead = { sequence: 0, hash: AUDIT_GENESIS };

/**
 * Walks the audit log from its first entry and checks that each hash is that of its entry, that each entry names the hash
 * before it, that no sequence number is left out, and that the newest entry is the one last written. A log that was cut
 * begins after the cut, which an entry of its own has to confirm. Lists the first hundred problems. Memory stays flat. `onProgress`
 * is told how many entries were checked, and about how many there are.
 */
export async function verifyAudit(queries: Queries, onProgress?: OnProgress): Promise<AuditVerification> {
  const problems: AuditProblem[] = [];
  const cut = readMark(await findMeta(queries, 'audit_cut'));
  let head = cut ?? BEGINNING;
  let entries = 0;
  let isConfirmed = cut === undefined;
  const mark = await findMeta(queries, 'audit_head');
  const total = (readMark(mark)?.sequence ?? 0) - head.sequence;
  for (;;) {
    const page = await listEntriesAfter(queries, head.sequence, PAGE);
    for (const entry of page) {
      problems.push(...checkEntry(entry, head));
      isConfirmed ||= cut !== undefined && confirmsCut(entry, cut);
      head = { sequence: entry.sequence, hash: entry.hash };
      entries += 1;
    }
    await tellProgress(onProgress, entries, Math.max(total, entries));
    if (page.length < PAGE) break;
  }
  if (!isConfirmed) problems.unshift(unconfirmedCut(cut ?? BEGINNING));
  problems.push(...checkEnd(head, mark));
  return {
    intact: problems.length === 0,
    entries,
    head: entries === 0 ? null : head,
    cut: cut ?? null,
    problems: problems.slice(0, ENOUGH),
  };
}

/** Does the log still hold the entry that a head names? Undefined when it does. A head kept elsewhere shows that the end was cut off. */
export async function checkHead(queries: Queries, head: AuditHead): Promise<AuditProblem | undefined> {
  const { sequence } = head;
  const cut = readMark(await findMeta(queries, 'audit_cut'));
  const hash = cut?.sequence === sequence ? cut.hash : await findEntryHash(queries, sequence);
  if (hash === head.hash) return undefined;
  if (hash !== undefined) {
    const explanation = `entry ${sequence} is not the one that the head names`;
    return { sequence, problem: 'edited', explanation };
  }
  const where =
    cut !== undefined && sequence < cut.sequence
      ? `was cut off with the entries up to ${cut.sequence}; verify it with --archive FILE`
      : 'is not in the log';
  return { sequence, problem: 'missing', explanation: `entry ${sequence}, which the head names, ${where}` };
}

/** What is wrong with an entry that stands after `before`. */
export function checkEntry({ hash, ...row }: AuditLine, before: AuditHead): AuditProblem[] {
  const problems: AuditProblem[] = [];
  const { sequence } = row;
  const missing = sequence - before.sequence - 1;
  if (missing > 0) {
    const which =
      missing === 1 ? `entry ${sequence - 1} is` : `entries ${before.sequence + 1} to ${sequence - 1} are`;
    problems.push({ sequence: before.sequence + 1, problem: 'missing', explanation: `${which} not there` });
  }
  if (auditHash(row) !== hash) {
    problems.push({ sequence, problem: 'edited', explanation: `entry ${sequence} is not what was written` });
  }
  if (missing === 0 && row.previous_hash !== before.hash) {
    problems.push({
      sequence,
      problem: 'not_chained',
      explanation: `entry ${sequence} does not follow the entry before it`,
    });
  }
  return problems;
}

function confirmsCut({ action, details }: AuditLine, cut: AuditHead): boolean {
  if (action !== CUT_ACTION) return false;
  const { to, hash } = JSON.parse(details) as { readonly to?: unknown; readonly hash?: unknown };
  return to === cut.sequence && hash === cut.hash;
}

function unconfirmedCut({ sequence }: AuditHead): AuditProblem {
  const explanation = `the log begins after entry ${sequence}, and no entry says that it was cut there`;
  return { sequence, problem: 'missing', explanation };
}

/** `12:9f86…` as `meta` keeps it. */
export function readMark(mark: string | undefined): AuditHead | undefined {
  const [sequence, hash] = mark?.split(':') ?? [];
  return hash === undefined ? undefined : { sequence: Number(sequence), hash };
}

function checkEnd(head: AuditHead, mark: string | undefined): AuditProblem[] {
  const expected = readMark(mark) ?? BEGINNING;
  if (expected.sequence === head.sequence && expected.hash === head.hash) return [];
  const { sequence } = expected;
  if (sequence > head.sequence) {
    const explanation = `the log ends at ${head.sequence}, but ${sequence} entries were written`;
    return [{ sequence: head.sequence + 1, problem: 'missing', explanation }];
  }
  const explanation = `entry ${head.sequence} was not written by this program`;
  return [{ sequence: head.sequence, problem: 'not_chained', explanation }];
}
