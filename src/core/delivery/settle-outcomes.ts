import { addMilliseconds, type Instant } from '../time.ts';
import type { ClaimedDelivery } from './claim-batch.ts';
import type { Settlement } from './delivery-queries.ts';
import type { Outcome } from './transport.ts';

/** How often a temporary refusal is tried before it counts as final. */
export const MAX_ATTEMPTS = 5;

// 1 s, 5 s, 25 s, 125 s: greylisting servers take a mail after a minute or two.
const FIRST_BACK_OFF_MS = 1_000;
const BACK_OFF_FACTOR = 5;

/** What to write down for a delivery after an outcome. Pure. */
export function settleOutcome(delivery: ClaimedDelivery, outcome: Outcome, now: Instant): Settlement {
  const base = { id: delivery.id, attempts: delivery.attempts + 1, not_before: now };
  switch (outcome.kind) {
    case 'accepted':
      return { ...base, status: 'accepted', message_id: outcome.messageId, error: null };
    case 'refused':
    case 'in_doubt':
      return { ...base, status: outcome.kind, message_id: null, error: clean(outcome.error) };
    case 'unsent': {
      if (!outcome.countsAsAttempt) {
        return { ...base, attempts: delivery.attempts, status: 'pending', message_id: null, error: null };
      }
      if (base.attempts >= MAX_ATTEMPTS) {
        return {
          ...base,
          status: 'refused',
          message_id: null,
          error: `${clean(outcome.error)} (${base.attempts} attempts)`,
        };
      }
      const backOff = FIRST_BACK_OFF_MS * BACK_OFF_FACTOR ** delivery.attempts;
      return {
        ...base,
        status: 'pending',
        message_id: null,
        error: clean(outcome.error),
        not_before: addMilliseconds(now, backOff),
      };
    }
  }
}

// What a provider says goes into the database: no NUL, no half characters, which PostgreSQL refuses, and no novel.
function clean(text: string): string {
  return text.replaceAll('\0', '').toWellFormed().slice(0, 500);
}
