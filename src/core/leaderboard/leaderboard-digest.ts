import { createHash } from 'node:crypto';
import type { Entry } from './rank-participants.ts';

/** What of an entry is signed. */
type SignedEntry = Pick<
  Entry,
  'position' | 'customer_id' | 'points' | 'referrals' | 'counted' | 'groups' | 'qualified' | 'reached_at'
>;

/**
 * SHA-256 (hex) over the canonical JSON (RFC 8785) of `{contest, entries, rules_sha256}`, entry by entry, so that a board
 * of a million entries is never one text. `docs/leaderboard.md` is the recipe for recomputing it.
 */
export function leaderboardDigest(
  contest: string,
  rulesSha256: string,
  entries: Iterable<SignedEntry>,
): string {
  const hash = createHash('sha256');
  let pending = `{"contest":${JSON.stringify(contest)},"entries":[`;
  let separator = '';
  for (const entry of entries) {
    pending += separator + canonicalEntry(entry);
    separator = ',';
    if (pending.length < 65_536) continue;
    hash.update(pending);
    pending = '';
  }
  return hash.update(`${pending}],"rules_sha256":${JSON.stringify(rulesSha256)}}`).digest('hex');
}

// RFC 8785 writes strings and whole numbers as JSON.stringify does, and keys in this order. An instant has nothing to escape.
function canonicalEntry(entry: SignedEntry): string {
  const { counted, customer_id, groups, points, position, qualified, reached_at, referrals } = entry;
  const id = JSON.stringify(customer_id);
  const score = `"counted":${counted},"customer_id":${id},"groups":${groups},"points":${points},"position":${position}`;
  return `{${score},"qualified":${qualified},"reached_at":"${reached_at}","referrals":${referrals}}`;
}
