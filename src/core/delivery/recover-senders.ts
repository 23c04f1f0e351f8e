import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { getInstanceId } from '../database/instance-id-queries.ts';
import { deliveryReference } from './delivery-reference.ts';
import { senderLockName } from './sender.ts';
import {
  closeSender,
  doubtAllSending,
  listDoubtsOf,
  listOpenSenders,
  listStoppedSenders,
  releaseAllClaimed,
  settleDoubts,
} from './sender-queries.ts';
import { endWhenSilent } from './silence-queries.ts';
import type { Transport } from './transport.ts';

export interface Recovery {
  readonly senders: number;
  readonly released: number;
  readonly inDoubt: number;
}

/**
 * The one rule after a crash: a sender whose lock can be taken is dead; what it had claimed goes back to pending, what
 * it was sending is in doubt. `ownSender` is left alone.
 */
export async function recoverSenders(
  database: Database,
  clock: Clock,
  ownSender: number | undefined,
): Promise<Recovery> {
  let recovery: Recovery = { senders: 0, released: 0, inDoubt: 0 };
  for (const sender of await listOpenSenders(database.queries)) {
    if (sender.id === ownSender) continue;
    const lock = await database.tryLock(senderLockName(sender.id), { once: true });
    if (lock === undefined) continue;
    try {
      const { released, doubts } = await database.transaction(async (trx) => {
        await endWhenSilent(trx);
        const error = `the sending process ${sender.process_id} on ${sender.host} ended before the provider answered`;
        const result = {
          released: await releaseAllClaimed(trx, sender.id),
          doubts: await doubtAllSending(trx, sender.id, error),
        };
        await closeSender(trx, sender.id, clock.now());
        return result;
      });
      recovery = {
        senders: recovery.senders + 1,
        released: recovery.released + released,
        inDoubt: recovery.inDoubt + doubts.length,
      };
    } finally {
      await lock.release();
    }
  }
  return recovery;
}

/**
 * Settles doubts where the transport itself can tell: what an outbox on this host holds has arrived, and what it does
 * not hold never left, since its sender is gone. Gives the number of doubts settled.
 */
export async function settleByEvidence(
  database: Database,
  clock: Clock,
  campaign: { readonly id: number; readonly slug: string },
  transport: Transport,
  host: string,
): Promise<number> {
  if (transport.findArrived === undefined) return 0;
  let settled = 0;
  for (const sender of await listStoppedSenders(database.queries, campaign.id)) {
    if (sender.transport !== transport.name || sender.target !== transport.target || sender.host !== host)
      continue;
    const doubts = await listDoubtsOf(database.queries, sender.id);
    if (doubts.length === 0) continue;
    const instanceId = await getInstanceId(database.queries);
    const found = await transport.findArrived(
      campaign.slug,
      doubts.map((id) => deliveryReference(instanceId, id)),
    );
    const isThere = (id: number): boolean => found.has(deliveryReference(instanceId, id));
    const arrived = doubts.filter(isThere);
    const missing = doubts.filter((id) => !isThere(id));
    await database.transaction(async (trx) => {
      await endWhenSilent(trx);
      await settleDoubts(trx, sender.id, 'accepted', clock.now(), arrived);
      await settleDoubts(trx, sender.id, 'pending', clock.now(), missing);
    });
    settled += doubts.length;
  }
  return settled;
}
