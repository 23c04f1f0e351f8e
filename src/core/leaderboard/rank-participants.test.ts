import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { parseRules } from '../contests/rules.ts';
import { toInstant } from '../time.ts';
import { leaderboardDigest } from './leaderboard-digest.ts';
import { compareScores, rankParticipants, type ScoredParticipant } from './rank-participants.ts';
import {
  applyTier,
  NO_GROUP,
  pointsOfReferral,
  type ScoredReferral,
  scoreParticipant,
} from './score-participant.ts';

const START = Date.parse('2026-03-01T00:00:00.000Z');
const regions = fc.constantFrom('north', 'south', NO_GROUP);
const referral = fc.record({
  booked_at: fc.integer({ min: 0, max: 40 }).map((hours) => toInstant(START + hours * 3_600_000)),
  amount_minor: fc.integer({ min: 0, max: 100_000 }),
  currency: fc.constant('EUR'),
  region: regions,
});
const referrals = fc
  .array(referral, { minLength: 1, maxLength: 12 })
  .map((list) => list.map(({ region, ...rest }) => ({ ...rest, cap_group: region, group: region })))
  .map((list) => list.sort((a, b) => (a.booked_at < b.booked_at ? -1 : 1)));
const participants = fc.uniqueArray(
  fc.record({
    customer_ref: fc.nat(),
    customer_id: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }),
    points: fc.integer({ min: 0, max: 3 }),
    referrals: fc.integer({ min: 1, max: 3 }),
    counted: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 0, max: 3 }),
    qualified: fc.boolean(),
    reached_at: fc.integer({ min: 0, max: 3 }).map((hour) => toInstant(START + hour)),
  }),
  { selector: (participant) => participant.customer_id, maxLength: 30 },
);

describe('scoreParticipant', () => {
  const example = parseRules({
    scoring: {
      points_per_referral: 10,
      points_per_amount: { per: '100.00', points: 2 },
      tier_percent: { premium: 150 },
      cap_per_group: { attribute: 'region', max: 2 },
    },
    qualify: { min_points: 30, min_groups: { attribute: 'region', count: 2 } },
  });

  it('counts the earliest of each group up to the cap, and all groups', () => {
    const north = (hour: number, amount_minor = 0): ScoredReferral => made(hour, 'north', amount_minor);
    const score = scoreParticipant([north(1), north(2, 25_000), north(3), made(4, NO_GROUP)], null, example);
    expect(score).toEqual({
      points: 10 + 14 + 10,
      referrals: 4,
      counted: 3,
      groups: 2,
      qualified: true,
      reached_at: made(4, '').booked_at,
    });
  });

  it('was reached when the last counted referral was booked, not the last one', () => {
    const score = scoreParticipant(
      [1, 2, 3, 9].map((hour) => made(hour, 'north')),
      null,
      example,
    );
    expect(score.reached_at).toBe(made(2, '').booked_at);
    expect(score.qualified).toBe(false);
  });

  it('takes the percentage of the tier from the sum, half up', () => {
    const one = parseRules({ scoring: { tier_percent: { Premium: 150 } } });
    const points = (count: number, tier: string | null) =>
      scoreParticipant(
        Array.from({ length: count }, (_, hour) => made(hour, '')),
        tier,
        one,
      ).points;
    expect([
      points(1, 'premium'),
      points(2, 'PREMIUM'),
      points(3, 'premium'),
      points(3, 'gold'),
      points(3, null),
    ]).toEqual([2, 3, 5, 3, 3]);
  });

  it('gives points for each full amount in the booking’s own currency', () => {
    const rules = parseRules({
      scoring: { points_per_referral: 0, points_per_amount: { per: '100.00', points: 3 } },
    });
    expect(pointsOfReferral({ amount_minor: 29_999, currency: 'EUR' }, rules)).toBe(6);
    expect(pointsOfReferral({ amount_minor: 300, currency: 'JPY' }, rules)).toBe(9);
  });

  it('never gives fewer points for one more referral at the end', () => {
    fc.assert(
      fc.property(referrals, fc.constantFrom(null, 'premium', 'gold'), (list, tier) => {
        const before = list.slice(0, -1);
        if (before.length === 0) return;
        const [less, more] = [scoreParticipant(before, tier, example), scoreParticipant(list, tier, example)];
        expect(more.points).toBeGreaterThanOrEqual(less.points);
        expect(more.counted).toBeGreaterThanOrEqual(less.counted);
        expect(more.groups).toBeGreaterThanOrEqual(less.groups);
        expect(more.reached_at >= less.reached_at).toBe(true);
        if (less.qualified) expect(more.qualified).toBe(true);
      }),
    );
  });

  it('reaches its points at the first booking after which they stay the same', () => {
    fc.assert(
      fc.property(referrals, (list) => {
        const { points, reached_at } = scoreParticipant(list, 'premium', example);
        const first = list.findIndex(
          (_, index) => scoreParticipant(list.slice(0, index + 1), 'premium', example).points === points,
        );
        expect(reached_at).toBe(list[first]?.booked_at);
      }),
    );
  });

  it('rounds half up', () => {
    const rules = parseRules({ scoring: { tier_percent: { a: 50, b: 149 } } });
    expect([applyTier(1, 'a', rules), applyTier(3, 'a', rules), applyTier(1, 'b', rules)]).toEqual([1, 2, 1]);
  });
});

describe('rankParticipants', () => {
  it('ranks by points, then time, then the bytes of customer_id', () => {
    const order = rankParticipants([
      ranked('\u{1F600}', 5, 2),
      ranked('\uFFFD', 5, 2),
      ranked('b', 5, 2),
      ranked('a', 5, 3),
      ranked('z', 9, 9),
    ]).map((entry) => entry.customer_id);
    expect(order).toEqual(['z', 'b', '\uFFFD', '\u{1F600}', 'a']);
  });

  it('gives the same ranking and the same digest for any order of its input', () => {
    fc.assert(
      fc.property(participants, fc.infiniteStream(fc.nat()), (list, numbers) => {
        const shuffled = list
          .map((participant) => ({ participant, key: numbers.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ participant }) => participant);
        const [one, two] = [rankParticipants(list), rankParticipants(shuffled)];
        expect(two).toEqual(one);
        expect(leaderboardDigest('x', 'y', two)).toBe(leaderboardDigest('x', 'y', one));
      }),
    );
  });
});

describe('the order of a ranking', () => {
  it('is that of the texts of its times, also of those to the day alone', () => {
    const time = fc.constantFrom(
      '2026-06-01',
      '2026-06-01T00:00:00.000Z',
      '2026-06-01T00:00:00.001Z',
      '2026-05-31',
    );
    fc.assert(
      fc.property(participants, fc.infiniteStream(time), (list, times) => {
        const given = list.map((participant) => ({ ...participant, reached_at: times.next().value ?? '' }));
        const order = rankParticipants(given).map(({ position: _, ...participant }) => participant);
        expect(order).toEqual(given.toSorted(compareScores));
      }),
    );
  });
});

describe('leaderboardDigest', () => {
  it('is the SHA-256 of the canonical JSON that the documentation names', () => {
    fc.assert(
      fc.property(participants, (list) => {
        const entries = rankParticipants(list);
        const signed = entries.map(({ customer_ref: _, ...entry }) => entry);
        const document = { contest: 'summer', rules_sha256: 'abc', entries: signed };
        expect(leaderboardDigest('summer', 'abc', entries)).toBe(sha256(canonicalJson(document)));
      }),
    );
  });
});

function made(hour: number, region: string, amount_minor = 0): ScoredReferral {
  return {
    booked_at: toInstant(START + hour * 3_600_000),
    amount_minor,
    currency: 'EUR',
    cap_group: region,
    group: region,
  };
}

function ranked(customer_id: string, points: number, hour: number): ScoredParticipant {
  return {
    customer_ref: 1,
    customer_id,
    points,
    referrals: 1,
    counted: 1,
    groups: 0,
    qualified: true,
    reached_at: toInstant(START + hour * 3_600_000),
  };
}
