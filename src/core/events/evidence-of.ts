import type { Evidence } from './event-queries.ts';
import type { ProviderEvent } from './provider-event.ts';

/**
 * What events prove about their deliveries. Any event means that the provider had taken the mail; `dropped` means that it
 * then did not even try, which counts as refused unless something else shows that it went out.
 */
export function evidenceOf(
  events: readonly ProviderEvent[],
  deliveries: ReadonlyMap<ProviderEvent, number>,
): readonly Evidence[] {
  const evidence = new Map<number, Evidence>();
  for (const event of events) {
    const id = deliveries.get(event);
    if (id === undefined || event.type === 'other') continue;
    const message_id = event.messageIds[1] ?? event.messageIds[0] ?? null;
    if (event.type !== 'dropped') evidence.set(id, { id, status: 'accepted', error: null, message_id });
    else if (!evidence.has(id)) {
      const error = `dropped by the provider: ${event.reason ?? 'no reason given'}`;
      evidence.set(id, { id, status: 'refused', error, message_id });
    }
  }
  return [...evidence.values()];
}
