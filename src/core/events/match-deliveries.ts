import type { Queries } from '../database/database.ts';
import { listDeliveriesById, listDeliveriesByMessage } from './event-queries.ts';
import type { ProviderEvent } from './provider-event.ts';

/** The deliveries that events are about: by the reference that came back, else by message id and address. */
export async function matchDeliveries(
  queries: Queries,
  events: readonly ProviderEvent[],
  instanceId: string,
): Promise<ReadonlyMap<ProviderEvent, number>> {
  const matches = new Map<ProviderEvent, number>();
  const referenced = events.flatMap((event) => {
    const id = deliveryIdIn(event.reference, instanceId);
    return id === undefined ? [] : [{ event, id }];
  });
  const known = await listDeliveriesById(
    queries,
    referenced.map(({ id }) => id),
  );
  const ids = new Set(known.map((delivery) => delivery.id));
  for (const { event, id } of referenced) if (ids.has(id)) matches.set(event, id);

  const rest = events.filter((event) => !matches.has(event) && event.addressKey !== undefined);
  const byMessage = await listDeliveriesByMessage(
    queries,
    [...new Set(rest.flatMap((event) => event.messageIds))],
    [...new Set(rest.flatMap((event) => event.addressKey ?? []))],
  );
  const byKey = new Map(byMessage.map((row) => [`${row.provider_message_id} ${row.address_key}`, row.id]));
  for (const event of rest) {
    const id = event.messageIds
      .map((messageId) => byKey.get(`${messageId} ${event.addressKey}`))
      .find((found) => found !== undefined);
    if (id !== undefined) matches.set(event, id);
  }
  return matches;
}

/** `<instance id>-<delivery id>` of this very database → the delivery's key. */
function deliveryIdIn(reference: string | undefined, instanceId: string): number | undefined {
  if (reference === undefined || !reference.startsWith(`${instanceId}-`)) return undefined;
  const digits = reference.slice(instanceId.length + 1);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
