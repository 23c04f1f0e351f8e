import { fillAllSlots } from '../templates/message-program.ts';
import type { Values } from '../templates/values.ts';
import type { ClaimedDelivery } from './claim-batch.ts';
import { deliveryReference } from './delivery-reference.ts';
import type { Mail, Message } from './transport.ts';

/** A claimed delivery and its mail, ready to be handed over. */
export interface ReadyMail {
  readonly message: Message;
  readonly delivery: ClaimedDelivery;
  readonly mail: Mail;
}

export interface FilledMails {
  readonly ready: readonly ReadyMail[];
  /** Ids of deliveries whose customer has no value for something that the template shows. */
  readonly incomplete: readonly number[];
}

/** Fills the slots of each delivery's message with the values of its customer. */
export function fillMails(
  deliveries: readonly ClaimedDelivery[],
  values: ReadonlyMap<number, Values>,
  messages: ReadonlyMap<string, Message>,
  instanceId: string,
): FilledMails {
  const ready: ReadyMail[] = [];
  const incomplete: number[] = [];
  for (const delivery of deliveries) {
    const message = messages.get(delivery.variant);
    const own = values.get(delivery.customer_ref);
    const unsubscribeUrl = own?.['unsubscribe_link'];
    if (message === undefined || own === undefined || typeof unsubscribeUrl !== 'string') {
      incomplete.push(delivery.id);
      continue;
    }
    const filled = fillAllSlots(message.program, own);
    if (filled === undefined) {
      incomplete.push(delivery.id);
      continue;
    }
    const reference = deliveryReference(instanceId, delivery.id);
    const mail = { deliveryId: delivery.id, reference, email: delivery.email, unsubscribeUrl, filled };
    ready.push({ message, delivery, mail });
  }
  return { ready, incomplete };
}
