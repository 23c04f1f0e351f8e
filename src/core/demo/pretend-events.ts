import { addMilliseconds, type Instant } from '../time.ts';
import { seededNumbers } from './seeded-numbers.ts';

/** One accepted mail, as the mail provider knows it. */
export interface AcceptedMail {
  /** The opaque id that went along with the mail and comes back in every event. */
  readonly delivery: string;
  readonly email: string;
  readonly messageId: string | null;
  readonly sentAt: Instant;
}

/** An entry of a SendGrid event webhook body. */
export interface ProviderEvent {
  readonly email: string;
  readonly timestamp: number;
  readonly event: string;
  readonly sg_event_id: string;
  readonly sg_message_id: string;
  readonly delivery: string;
  readonly url?: string;
  readonly type?: string;
  readonly reason?: string;
  readonly sg_machine_open?: boolean;
}

const HOUR = 3_600_000;

/**
 * What a mail provider would report of these mails, for the demo: shares as in an ordinary campaign to customers who
 * agreed to be mailed. The same mails and seed give the same events.
 */
export function pretendEvents(
  mails: readonly AcceptedMail[],
  link: string,
  seed: number,
): readonly ProviderEvent[] {
  const next = seededNumbers(seed);
  return mails.flatMap((mail, index) => {
    const events: ProviderEvent[] = [];
    const add = (event: string, afterMs: number, more: Partial<ProviderEvent> = {}): void => {
      const at = Date.parse(addMilliseconds(mail.sentAt, afterMs));
      events.push({
        email: mail.email,
        timestamp: Math.floor(at / 1_000),
        event,
        sg_event_id: `demo-${index}-${events.length}`,
        sg_message_id: `${mail.messageId ?? `demo-${index}`}.filter0001`,
        delivery: mail.delivery,
        ...more,
      });
    };
    if (next() < 0.012) {
      add('bounce', 2_000, { type: 'bounce', reason: '550 5.1.1 The mailbox does not exist' });
      return events;
    }
    add('delivered', 1_000 + next() * 9_000);
    if (next() < 0.12) add('open', 12_000, { sg_machine_open: true });
    const openedAt = next() * 40 * HOUR;
    if (next() < 0.41) add('open', openedAt, { sg_machine_open: false });
    if (next() < 0.11) add('click', openedAt + next() * HOUR, { url: link });
    if (next() < 0.004) add('unsubscribe', openedAt + 30_000);
    if (next() < 0.0006) add('spamreport', openedAt + 60_000);
    return events;
  });
}
