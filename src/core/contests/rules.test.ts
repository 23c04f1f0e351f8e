import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical-json.ts';
import { parseContestFacts } from './contest-document.ts';
import { findRuleAmount } from './rule-amount.ts';
import { defaultRules, hashRules, parseRules } from './rules.ts';

/** The example of the command line's contract, with everything in it. */
const EVERYTHING = {
  eligibility: {
    participants: ['consent = granted'],
    new_friend: 'no_booking_before_contest',
    min_amount: '100.00',
    statuses: ['completed'],
    require_booking_reference: true,
  },
  attribution: { by: ['code', 'sign_up'], window_days: 30 },
  approval: { mode: 'automatic', hold_days: 14 },
  limits: { referrals_per_participant: 0, referrals_per_day: 0, budget: { EUR: '25000.00' } },
  scoring: {
    points_per_referral: 1,
    points_per_amount: { per: '100.00', points: 0 },
    tier_percent: { premium: 150 },
    cap_per_group: { attribute: 'region', max: 50 },
  },
  qualify: { min_points: 5, min_groups: { attribute: 'region', count: 3 } },
  rewards: {
    referrer: { type: 'money', amount: '25.00', currency: 'EUR' },
    friend: { type: 'percentage', percent: '10', max: '50.00' },
    milestones: [{ at: 5, type: 'badge', name: 'Referral Master' }],
    prizes: [{ position: 1, type: 'money', amount: '1000.00', currency: 'EUR' }],
    drawing: { winners: 3, type: 'free_days', days: 30 },
    expire_days: 365,
  },
  fraud: {
    same_mailbox: 'reject',
    alias: 'hold',
    same_phone: 'hold',
    disposable_domain: 'hold',
    velocity: { action: 'hold', max_per_hour: 10 },
    ring: 'hold',
  },
};

describe('parseRules', () => {
  it('takes the whole example, and any part of it left out', () => {
    const parts = Object.keys(EVERYTHING) as (keyof typeof EVERYTHING)[];
    fc.assert(
      fc.property(fc.subarray(parts), (chosen) => {
        const document = Object.fromEntries(chosen.map((part) => [part, EVERYTHING[part]]));
        const rules = parseRules(document);
        expect(canonicalJson(parseRules(JSON.parse(canonicalJson(rules))))).toBe(canonicalJson(rules));
      }),
    );
  });

  it('gives the same hash for the same meaning, however it is written', () => {
    expect(hashRules(parseRules({})).sha256).toBe(hashRules(defaultRules()).sha256);
    expect(hashRules(parseRules({ scoring: { points_per_referral: 1 } }))).toEqual(hashRules(defaultRules()));
    expect(hashRules(parseRules(EVERYTHING)).sha256).not.toBe(hashRules(defaultRules()).sha256);
  });

  it.each([
    [{ scorng: {} }, 'scorng is not a part', 'Did you mean "scoring"?'],
    [
      { scoring: { cap_per_grop: {} } },
      'scoring.cap_per_grop is not a part',
      'Did you mean "cap_per_group"?',
    ],
    [
      { scoring: { cap_per_group: { atribute: 'x', max: 1 } } },
      'scoring.cap_per_group.atribute is not a part',
      'Did you mean "attribute"?',
    ],
    [
      { rewards: { prizes: [{ position: 1, type: 'money', amout: '1.00', currency: 'EUR' }] } },
      'rewards.prizes.0.amout is not a part',
      'Did you mean "amount"?',
    ],
    [{ fraud: { rong: 'hold' } }, 'fraud.rong is not a part', 'Did you mean "ring"?'],
    [
      { fraud: { velocity: { action: 'hold', max_per_our: 1 } } },
      'fraud.velocity.max_per_our',
      'Did you mean "max_per_hour"?',
    ],
  ])('names the nearest known key in %j', (document, message, hint) => {
    expect(() => parseRules(document)).toThrow(
      expect.objectContaining({ code: 'input_unusable', message: expect.stringContaining(message), hint }),
    );
  });

  it.each([
    [[], 'it must be an object'],
    [{ eligibility: { min_amount: 100 } }, 'eligibility.min_amount must be a decimal string'],
    [{ eligibility: { min_amount: '-1' } }, 'eligibility.min_amount must be a decimal string'],
    [{ eligibility: { statuses: ['done'] } }, 'eligibility.statuses.0 must be one of'],
    [{ eligibility: { statuses: [] } }, 'eligibility.statuses must name at least one'],
    [{ scoring: { points_per_referral: 1.5 } }, 'scoring.points_per_referral must be a whole number'],
    [
      { limits: { budget: { euro: '1.00' } } },
      'limits.budget.euro has a key that is not an ISO 4217 currency',
    ],
    [{ rewards: { referrer: { type: 'cash' } } }, 'rewards.referrer.type must be one of money'],
    [
      { rewards: { referrer: { type: 'money', amount: '1.005', currency: 'EUR' } } },
      'rewards.referrer.amount is finer than its currency allows',
    ],
    [
      { rewards: { friend: { type: 'percentage', percent: '101' } } },
      'rewards.friend.percent must be 100 or less',
    ],
    [
      { rewards: { prizes: [{ position: 1, type: 'percentage', percent: '10' }] } },
      'rewards.prizes.0.type must be one of money, free_days, points, badge',
    ],
    [
      {
        rewards: {
          prizes: [
            { position: 1, type: 'points', points: 5 },
            { position: 1, type: 'badge', name: 'x' },
          ],
        },
      },
      'rewards.prizes.1 is given twice',
    ],
    [{ fraud: { alias: 'maybe' } }, 'fraud.alias must be one of hold, reject, ignore'],
  ])('says what is wrong with %j', (document, message) => {
    expect(() => parseRules(document)).toThrow(
      expect.objectContaining({ message: expect.stringContaining(message) }),
    );
  });

  it('keeps the defaults of fraud rules that are not named, unless `default` says otherwise', () => {
    expect(parseRules({}).fraud).toMatchObject({ same_mailbox: 'reject', alias: 'hold', ring: 'hold' });
    const quiet = parseRules({ fraud: { default: 'ignore', alias: 'reject' } }).fraud;
    expect(quiet).toMatchObject({ same_mailbox: 'ignore', alias: 'reject', ring: 'ignore' });
    expect(quiet).toMatchObject({ velocity: { action: 'ignore' }, cluster: { action: 'ignore' } });
  });
});

describe('findRuleAmount', () => {
  it('is compared in the booking’s own currency, exactly', () => {
    expect(findRuleAmount('100.00', 'EUR', 'up')).toBe(10_000);
    expect(findRuleAmount('100.00', 'JPY', 'up')).toBe(100);
    expect(findRuleAmount('100.5', 'JPY', 'up')).toBe(101);
    expect(findRuleAmount('100.5', 'JPY', 'down')).toBe(100);
    expect(findRuleAmount('1.5', 'KWD', 'down')).toBe(1_500);
    expect(findRuleAmount({ EUR: '50.00' }, 'EUR', 'down')).toBe(5_000);
    expect(findRuleAmount({ EUR: '50.00' }, 'USD', 'down')).toBeUndefined();
  });
});

describe('parseContestFacts', () => {
  const base = { name: 'A', benefit: 'B', starts_at: '2026-01-01', duration: '1d' };

  it.each([
    ['Summer_x', base, 'is not a slug'],
    ['x', { ...base, name: undefined }, 'A contest needs --name'],
    ['x', { ...base, duration: undefined }, 'needs --ends-at or --duration'],
    ['x', { ...base, ends_at: '2026-02-01' }, 'not both'],
    ['x', { ...base, duration: undefined, ends_at: '2026-01-01' }, 'must end after it starts'],
    ['x', { ...base, starts_at: '2026-02-30' }, 'is not a time'],
    ['x', { ...base, timezone: 'Mars/Olympus' }, 'is not an IANA time zone'],
  ])('refuses %s %j', (slug, document, message) => {
    expect(() => parseContestFacts(slug, document, { timezone: 'UTC' })).toThrow(message);
  });
});
