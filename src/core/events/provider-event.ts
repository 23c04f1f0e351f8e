import type { EventType } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** One event of a provider, as this program keeps it. */
export interface ProviderEvent {
  readonly providerEventId: string;
  readonly type: EventType;
  readonly occurredAt: Instant;
  readonly machineOpen: boolean;
  readonly url: string | null;
  readonly reason: string | null;
  readonly email: string;
  readonly addressKey: string | undefined;
  /** The opaque id that went along with the mail, when it came back. */
  readonly reference: string | undefined;
  /** What `provider_message_id` of the delivery may be, likeliest first. */
  readonly messageIds: readonly string[];
  /** Why this address must not be mailed again, if it must not. */
  readonly suppress: 'unsubscribed' | 'bounced' | 'complained' | undefined;
}
