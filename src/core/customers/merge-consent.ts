import type { Consent } from '../database/tables.ts';
import type { Instant } from '../time.ts';

export interface ConsentState {
  readonly consent: Consent;
  readonly consent_at: Instant | null;
  readonly consent_source: string | null;
}

export interface ConsentNews {
  /** Undefined when the row says nothing. */
  readonly consent: Consent | undefined;
  readonly consent_at: Instant | null | undefined;
  readonly consent_source: string | null | undefined;
}

/**
 * What holds after `news`. A withdrawal is undone only by news dated after it (after the last change known, where it has no date);
 * a grant is undone by any withdrawal that is not dated before it. Saying nothing, or `unknown` without a date, changes nothing.
 */
export function mergeConsent(
  known: ConsentState,
  news: ConsentNews,
  updatedAt: Instant | undefined,
  now: Instant,
): ConsentState {
  const { consent, consent_source: source } = news;
  const at = news.consent_at ?? null;
  if (consent === undefined) return known;
  if (consent === known.consent) return confirmed(known, at, source);
  if (!isAccepted(known, consent, at, updatedAt)) return known;
  // An undated withdrawal counts from now, so that no older grant overtakes it.
  const dated = consent === 'withdrawn' && updatedAt !== undefined ? (at ?? now) : at;
  return { consent, consent_at: dated, consent_source: source ?? null };
}

function isAccepted(
  known: ConsentState,
  consent: Consent,
  at: Instant | null,
  updatedAt: Instant | undefined,
): boolean {
  if (known.consent === 'unknown') return true;
  if (known.consent === 'granted' && consent === 'withdrawn') {
    return at === null || known.consent_at === null || at >= known.consent_at;
  }
  const knownSince = known.consent_at ?? updatedAt;
  return at !== null && (knownSince === undefined || at > knownSince);
}

/** The same answer again: the later date holds. */
function confirmed(known: ConsentState, at: Instant | null, source: string | null | undefined): ConsentState {
  const isLater = at !== null && (known.consent_at === null || at > known.consent_at);
  const consent_at = isLater ? at : known.consent_at;
  const consent_source = source ?? known.consent_source;
  return { consent: known.consent, consent_at, consent_source };
}
