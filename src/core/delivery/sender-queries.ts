import type { Queries } from '../database/database.ts';
import { isOneOf } from '../database/list-parameter.ts';
import type { Instant } from '../time.ts';
import { isHeld, isIn } from './held-queries.ts';

export interface NewSender {
  readonly campaign_id: number;
  readonly transport: string;
  readonly target: string;
  readonly host: string;
  readonly process_id: number;
  readonly started_at: Instant;
}

export interface OpenSender extends NewSender {
  readonly id: number;
}

export async function insertSender(queries: Queries, sender: NewSender): Promise<number> {
  const row = await queries.insertInto('senders').values(sender).returning('id').executeTakeFirstOrThrow();
  return row.id;
}

export async function listOpenSenders(queries: Queries): Promise<readonly OpenSender[]> {
  return queries
    .selectFrom('senders')
    .select(['id', 'campaign_id', 'transport', 'target', 'host', 'process_id', 'started_at'])
    .where('stopped_at', 'is', null)
    .orderBy('id')
    .execute();
}

export async function closeSender(queries: Queries, id: number, now: Instant): Promise<void> {
  await queries
    .updateTable('senders')
    .set({ stopped_at: now })
    .where('id', '=', id)
    .where('stopped_at', 'is', null)
    .execute();
}

/** Has the sender claimed all of these, and not begun to send any of them? */
export async function areClaimed(
  queries: Queries,
  senderId: number,
  ids: readonly number[],
): Promise<boolean> {
  const { count } = await queries
    .selectFrom('deliveries')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where(isIn(['claimed']))
    .where('sender_id', '=', senderId)
    .executeTakeFirstOrThrow();
  return Number(count) === ids.length;
}

/** What a dead sender had only claimed goes back; nothing of it was handed to a provider. */
export async function releaseAllClaimed(queries: Queries, senderId: number): Promise<number> {
  const result = await queries
    .updateTable('deliveries')
    .set({ status: 'pending', sender_id: null, claimed_at: null })
    .where('sender_id', '=', senderId)
    .where('status', '=', 'claimed')
    .where(isHeld('status'))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** What a dead sender was sending is in doubt. */
export async function doubtAllSending(
  queries: Queries,
  senderId: number,
  error: string,
): Promise<readonly number[]> {
  const rows = await queries
    .updateTable('deliveries')
    .set({ status: 'in_doubt', error })
    .where('sender_id', '=', senderId)
    .where('status', '=', 'sending')
    .where(isHeld('status'))
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/** Doubts that evidence has settled: they arrived, or (back to `pending`) certainly never left. */
export async function settleDoubts(
  queries: Queries,
  senderId: number,
  status: 'accepted' | 'pending',
  now: Instant,
  ids: readonly number[],
): Promise<void> {
  if (ids.length === 0) return;
  const isBack = status === 'pending';
  await queries
    .updateTable('deliveries')
    .set({
      status,
      error: null,
      settled_at: isBack ? null : now,
      ...(isBack ? { sender_id: null, claimed_at: null, sent_at: null } : {}),
    })
    .where(isOneOf(queries, 'deliveries.id', ids))
    .where('sender_id', '=', senderId)
    .where(isIn(['in_doubt']))
    .execute();
}

/** Senders of a campaign that have stopped and left doubts. */
export async function listStoppedSenders(
  queries: Queries,
  campaignId: number,
): Promise<readonly OpenSender[]> {
  return queries
    .selectFrom('senders as s')
    .select(['s.id', 's.campaign_id', 's.transport', 's.target', 's.host', 's.process_id', 's.started_at'])
    .where('s.campaign_id', '=', campaignId)
    .where('s.stopped_at', 'is not', null)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('deliveries as d')
          .select('d.id')
          .whereRef('d.sender_id', '=', 's.id')
          .where('d.status', '=', 'in_doubt')
          .where(isHeld('d.status')),
      ),
    )
    .orderBy('s.id')
    .execute();
}

export async function listDoubtsOf(queries: Queries, senderId: number): Promise<readonly number[]> {
  const rows = await queries
    .selectFrom('deliveries')
    .select('id')
    .where('sender_id', '=', senderId)
    .where('status', '=', 'in_doubt')
    .where(isHeld('status'))
    .orderBy('id')
    .execute();
  return rows.map((row) => row.id);
}
