import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConsentState, mergeConsent } from './merge-consent.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const LAST_YEAR = '2025-01-01T00:00:00.000Z';
const LONG_AGO = '2020-01-01T00:00:00.000Z';
const state = (consent: ConsentState['consent'], consent_at: string | null = null): ConsentState => ({
  consent,
  consent_at,
  consent_source: null,
});
const news = (consent: ConsentState['consent'] | undefined, consent_at?: string) => ({
  consent,
  consent_at,
  consent_source: undefined,
});

describe('merging consent', () => {
  test.each([
    [
      'an undated grant does not undo a withdrawal',
      state('withdrawn', LAST_YEAR),
      news('granted'),
      state('withdrawn', LAST_YEAR),
    ],
    [
      'an older grant does not either',
      state('withdrawn', LAST_YEAR),
      news('granted', LONG_AGO),
      state('withdrawn', LAST_YEAR),
    ],
    [
      'nor one of the same moment',
      state('withdrawn', LAST_YEAR),
      news('granted', LAST_YEAR),
      state('withdrawn', LAST_YEAR),
    ],
    [
      'a newer grant does',
      state('withdrawn', LONG_AGO),
      news('granted', LAST_YEAR),
      state('granted', LAST_YEAR),
    ],
    [
      'an undated withdrawal counts from now',
      state('granted', LAST_YEAR),
      news('withdrawn'),
      state('withdrawn', NOW),
    ],
    [
      'a withdrawal older than the grant is history',
      state('granted', LAST_YEAR),
      news('withdrawn', LONG_AGO),
      state('granted', LAST_YEAR),
    ],
    [
      'an undated unknown says nothing',
      state('granted', LAST_YEAR),
      news('unknown'),
      state('granted', LAST_YEAR),
    ],
    ['unknown takes any answer', state('unknown'), news('granted'), state('granted')],
    [
      'nothing said, nothing changed',
      state('granted', LAST_YEAR),
      news(undefined, NOW),
      state('granted', LAST_YEAR),
    ],
    [
      'the same answer again keeps the later date',
      state('granted', LAST_YEAR),
      news('granted', LONG_AGO),
      state('granted', LAST_YEAR),
    ],
  ])('%s', (_, known, said, expected) => {
    expect(mergeConsent(known, said, LAST_YEAR, NOW)).toEqual(expected);
  });

  test('an undated withdrawal in the database is dated by the last change of its row', () => {
    expect(mergeConsent(state('withdrawn'), news('granted', LONG_AGO), LAST_YEAR, NOW).consent).toBe(
      'withdrawn',
    );
    expect(mergeConsent(state('withdrawn'), news('granted', NOW), LAST_YEAR, NOW).consent).toBe('granted');
  });

  test('nothing undated or older ever raises a withdrawal, and saying it twice changes nothing more', () => {
    const consent = fc.constantFrom('granted', 'withdrawn', 'unknown') as fc.Arbitrary<
      ConsentState['consent']
    >;
    const at = fc.option(fc.constantFrom(LONG_AGO, LAST_YEAR, NOW), { nil: undefined });
    fc.assert(
      fc.property(consent, at, consent, at, (before, since, said, when) => {
        const known = state(before, since ?? null);
        const once = mergeConsent(known, news(said, when), LAST_YEAR, NOW);
        if (before === 'withdrawn' && (when === undefined || when <= (since ?? LAST_YEAR)))
          expect(once.consent).toBe('withdrawn');
        expect(mergeConsent(once, news(said, when), NOW, NOW)).toEqual(once);
      }),
    );
  });
});
