import type { ReadyMail } from './fill-mails.ts';
import type { DeliverResult, Message, Outcome, Transport } from './transport.ts';

export interface Answers {
  /** By delivery; for one that is not in it the transport said nothing, which is a doubt. */
  readonly outcomes: ReadonlyMap<number, Outcome>;
  readonly results: readonly DeliverResult[];
}

const NOT_TRIED: Outcome = { kind: 'unsent', error: 'not tried', countsAsAttempt: false };

/** Hands a batch to the transport, variant by variant. */
export async function callProvider(transport: Transport, batch: readonly ReadyMail[]): Promise<Answers> {
  const outcomes = new Map<number, Outcome>();
  const results: DeliverResult[] = [];
  for (const [message, members] of groupByMessage(batch)) {
    const mails = members.map(({ mail }) => mail);
    // After trouble with one variant's mails the others are not even tried.
    const result = results.some(({ halt }) => halt !== undefined)
      ? { outcomes: mails.map(() => NOT_TRIED) }
      : await transport.deliver(message, mails);
    results.push(result);
    for (const [index, mail] of mails.entries()) {
      const outcome = result.outcomes[index];
      if (outcome !== undefined) outcomes.set(mail.deliveryId, outcome);
    }
  }
  return { outcomes, results };
}

function groupByMessage(batch: readonly ReadyMail[]): ReadonlyMap<Message, readonly ReadyMail[]> {
  return Map.groupBy(batch, ({ message }) => message);
}
