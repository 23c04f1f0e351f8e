/*
 * Moves rewards until its standard input ends, one movement in each transaction: the reward, its entry in the ledger and one in the audit log
 * change together. Prints a line for every hundred movements: `ledger-writer.ts URL CONTEST CUSTOMER PER_SECOND`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { appendAudit } from '../../src/core/audit/append-audit.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Queries } from '../../src/core/database/database.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import type { RewardStatus } from '../../src/core/database/tables.ts';
import { entryKey, hashEntry, type MovementKind } from '../../src/core/rewards/ledger.ts';

const [url = '', contest = '', customer = '', perSecond = '200'] = process.argv.slice(2);
const ids = { contest_id: Number(contest), customer_ref: Number(customer) };
const run = { id: null, operator: 'tester' };
const MOVES: Readonly<Record<string, readonly [MovementKind, RewardStatus]>> = {
  program: ['grant', 'available'],
  available: ['claim', 'claimed'],
  claimed: ['pay', 'paid'],
};
let isWanted = true;
process.stdin.on('end', () => {
  isWanted = false;
});
process.stdin.resume();

interface Moving {
  readonly key: string;
  readonly amount_minor: number;
  id: number;
  entries: number;
  at: string;
}

async function move(queries: Queries, reward: Moving): Promise<void> {
  const [kind, to_account] = MOVES[reward.at] ?? ['grant', 'available'];
  const now = systemClock.now();
  if (reward.at === 'program') reward.id = await insertReward(queries, reward, now);
  else
    await queries
      .updateTable('rewards')
      .set({ status: to_account, updated_at: now })
      .where('id', '=', reward.id)
      .execute();
  const { amount_minor, key } = reward;
  const movement = { kind, from_account: reward.at, to_account, amount_minor, currency: 'EUR', reason: '' };
  const content = {
    ...{ ...movement, customer_ref: ids.customer_ref, recorded_at: now },
    idempotency_key: entryKey(key, reward.entries + 1),
  };
  const hashed = { ...content, reward: key, contest: 'soak', payout: null, run_id: null };
  await queries
    .insertInto('ledger_entries')
    .values({ ...content, ...ids, reward_id: reward.id, content_sha256: hashEntry(hashed), payout_id: null })
    .execute();
  await appendAudit(queries, systemClock, run, {
    action: 'soak.moved',
    subject: key,
    details: { to_account },
  });
  reward.entries += 1;
  reward.at = to_account;
}

async function insertReward(queries: Queries, { key, amount_minor }: Moving, now: string): Promise<number> {
  const { id } = await queries
    .insertInto('rewards')
    .values({
      ...{ ...ids, side: 'milestone', rule: 'soak', type: 'money', idempotency_key: key, amount_minor },
      ...{ currency: 'EUR', status: 'available', created_at: now, updated_at: now },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

await usingDatabase({ url }, async (database) => {
  const open: Moving[] = [];
  const started = performance.now();
  for (let done = 0; isWanted; done += 1) {
    const isNew = open.length < 50;
    const reward: Moving = (isNew ? undefined : open[(done * 7) % open.length]) ?? {
      ...{ key: `soak-${done}`, amount_minor: 1 + (done % 9_999), id: 0, entries: 0, at: 'program' },
    };
    await database.transaction((transaction) => move(transaction, reward), { once: true });
    if (isNew) open.push(reward);
    if (reward.at === 'paid') open.splice(open.indexOf(reward), 1);
    if (done % 100 === 99) process.stdout.write(`${done + 1}\n`);
    const early = ((done + 1) / Number(perSecond)) * 1_000 - (performance.now() - started);
    // SQLite answers without a pause in which the end of the input could be heard.
    await sleep(Math.max(0, early));
  }
});
