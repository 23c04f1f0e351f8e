import type { Clock } from '../clock.ts';
import type { Database, ProcessLock } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import {
  closeSender,
  doubtAllSending,
  insertSender,
  type NewSender,
  releaseAllClaimed,
} from './sender-queries.ts';

/** This process as a sender of a campaign: alive while it holds its lock. */
export interface Sender {
  readonly id: number;
  /** Does the lock still hold? When not, others may have taken this sender for dead. */
  isAlive(): boolean;
  close(): Promise<void>;
}

/** The lock that a living sender holds. */
export function senderLockName(id: number): string {
  return `sender-${id}`;
}

/** Registers a sender. Its lock is taken before its row can be seen, so that nobody takes it for dead in between. */
export async function registerSender(
  database: Database,
  clock: Clock,
  sender: Omit<NewSender, 'started_at'>,
): Promise<Sender> {
  const { id, lock } = await database.transaction(async (trx) => {
    const senderId = await insertSender(trx, { ...sender, started_at: clock.now() });
    return { id: senderId, lock: await takeLock(database, senderId) };
  });
  return {
    id,
    isAlive: () => lock.isHeld(),
    async close() {
      try {
        await database.transaction(async (trx) => {
          await releaseAllClaimed(trx, id);
          await doubtAllSending(trx, id, 'the sending process stopped before it could record the answer');
          await closeSender(trx, id, clock.now());
        });
      } finally {
        await lock.release();
      }
    },
  };
}

async function takeLock(database: Database, id: number): Promise<ProcessLock> {
  const lock = await database.tryLock(senderLockName(id), { heartbeat: true, once: true });
  if (lock !== undefined) return lock;
  throw new ReferralError('locked', `The lock of sender ${id} is held by another process`, {
    hint: 'Run the command again.',
  });
}
