import { entryKey, isHashOf, isMove } from './ledger.ts';
import type { AuditedEntry } from './ledger-queries.ts';
import { toValue } from './reward.ts';
import type { StandingRow } from './reward-queries.ts';

/** Something that should not be, and where. */
export interface Finding {
  readonly check: 'entry' | 'reward' | 'currency' | 'payout' | 'recomputed';
  readonly reward_id: number | null;
  readonly entry_id: number | null;
  readonly message: string;
}

/** What is wrong with a reward and its entries (in the order in which they were written): edits, gaps, impossible moves. */
export function auditReward(reward: StandingRow, entries: readonly AuditedEntry[]): readonly Finding[] {
  const findings: Finding[] = [];
  const accounts = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    findings.push(...auditEntry(reward, entry, index + 1));
    add(accounts, `${entry.from_account} ${entry.currency}`, -entry.amount_minor);
    add(accounts, `${entry.to_account} ${entry.currency}`, entry.amount_minor);
  }
  const value = toValue(reward);
  const expected = new Map([
    [`program ${value.currency}`, -value.amount_minor],
    [`${reward.status} ${value.currency}`, value.amount_minor],
  ]);
  for (const name of new Set([...accounts.keys(), ...expected.keys()])) {
    const [has = 0, wants = 0] = [accounts.get(name), expected.get(name)];
    if (has === wants) continue;
    findings.push({
      check: 'reward',
      reward_id: reward.id,
      entry_id: null,
      message: `the ledger has ${has} in ${name}, the reward says ${wants}`,
    });
  }
  return findings;
}

function add(accounts: Map<string, number>, name: string, amount: number): void {
  accounts.set(name, (accounts.get(name) ?? 0) + amount);
}

function auditEntry(reward: StandingRow, entry: AuditedEntry, n: number): readonly Finding[] {
  const messages: string[] = [];
  if (!isHashOf(entry.content_sha256, contentOf(entry))) messages.push('its content does not fit its hash');
  if (entry.idempotency_key !== entryKey(reward.idempotency_key, n))
    messages.push(`it is not entry ${n} of its reward`);
  if (entry.customer_ref !== reward.customer_ref) messages.push('it is of another customer than its reward');
  if (entry.contest_id !== reward.contest_id) messages.push('it is of another contest than its reward');
  if (!isMove(entry.kind, entry.from_account, entry.to_account)) {
    messages.push(`no ${entry.kind} goes from ${entry.from_account} to ${entry.to_account}`);
  }
  return messages.map((message) => ({ check: 'entry', reward_id: reward.id, entry_id: entry.id, message }));
}

function contentOf(entry: AuditedEntry) {
  const { id: _id, content_sha256: _hash, contest_id: _contest, reward_id: _reward, ...content } = entry;
  return content;
}
