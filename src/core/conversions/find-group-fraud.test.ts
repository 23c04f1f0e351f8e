import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRules } from '../contests/rules.ts';
import { toInstant } from '../time.ts';
import { findGroupFraud, type GroupMember } from './find-group-fraud.ts';

const member = (place: number, more: Partial<GroupMember> = {}): GroupMember => ({
  ...{
    place,
    referrer_ref: 1,
    code_id: 1,
    friend_ref: 100 + place,
    booked_at: '2026-06-10T00:00:00.000Z',
    is_over: 0,
    friend_phone: null,
  },
  ...{ friend_email: `friend${place}@mail.example`, friend_postal: null, friend_place: null },
  ...more,
});
const find = (fraud: object, members: readonly GroupMember[]) =>
  [...findGroupFraud(members, parseRules({ fraud }).fraud)].flatMap(([place, findings]) =>
    findings.map(({ rule, action, evidence }) => ({ place, rule, action, evidence })),
  );

describe('cluster', () => {
  const rules = { cluster: { action: 'hold', max_size: 2 } };

  test('joins friends who share a telephone, a postal address or a mailbox, also by way of others', () => {
    const found = find(rules, [
      member(1, { friend_phone: '+31 6 1234 5678' }),
      member(2, { friend_phone: '0612345678', friend_postal: 'Long Street 5\u001f1234' }),
      member(3, { friend_postal: 'long street 5\u001f1234', friend_email: 'x.y+1@mail.example' }),
      member(4, { friend_email: 'xy@mail.example' }),
      member(5),
    ]);
    expect(found.map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    expect(found[0]).toMatchObject({ rule: 'cluster', action: 'hold', evidence: { size: 4, max_size: 2 } });
  });

  test('counts people, not bookings, and leaves out bookings that are over', () => {
    const phone = { friend_phone: '0612345678' };
    expect(
      find(
        rules,
        [1, 2, 3].map((place) => member(place, { friend_ref: 7 })),
      ),
    ).toEqual([]);
    expect(find(rules, [member(1, phone), member(2, phone), member(3, { ...phone, is_over: 1 })])).toEqual(
      [],
    );
  });

  test('is linear: a chain of 20,000 friends, each sharing something with the next', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      member(index, {
        friend_phone: String(10_000_000 + Math.floor(index / 2)),
        friend_postal: `Street ${Math.floor((index + 1) / 2)}\u001f1`,
      }),
    );
    const found = find(rules, chain);
    expect(found).toHaveLength(chain.length);
    expect(found[0]?.evidence).toEqual({ size: chain.length, max_size: 2 });
  });
});

describe('public_code', () => {
  const spread = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      member(index, { friend_email: `f@domain${index % 4}.example`, friend_place: `Town ${index % 3}` }),
    );

  test('finds the bookings from which on a code has spread over more domains and places than people know', () => {
    const rules = { public_code: { action: 'reject', max_domains: 2, max_places: 1 } };
    const found = find(rules, spread(6));
    expect(found.map(({ place }) => place)).toEqual([2, 3, 4, 5]);
    expect(found[1]).toMatchObject({
      ...{ rule: 'public_code', action: 'reject' },
      evidence: { domains: 4, max_domains: 2, places: 3, max_places: 1 },
    });
  });

  test('asks for both where both are given, for one where one is, and judges each code alone', () => {
    const both = { public_code: { action: 'hold', max_domains: 2, max_places: 3 } };
    expect(find(both, spread(20))).toEqual([]);
    const domains = { public_code: { action: 'hold', max_domains: 3 } };
    expect(find(domains, spread(6)).map(({ place }) => place)).toEqual([3, 4, 5]);
    const codes = spread(6).map((each, index) => ({ ...each, code_id: index % 2 }));
    expect(find(domains, codes)).toEqual([]);
    expect(find({ public_code: { action: 'hold' } }, spread(20))).toEqual([]);
  });
});

describe('bursts', () => {
  const rules = { velocity: { action: 'hold', max_per_burst: 2, burst_minutes: 10 } };
  const at = (minutes: readonly number[]) =>
    minutes.map((minute, index) => member(index, { booked_at: toInstant(minute * 60_000) }));

  test('are held as a whole, their first bookings too', () => {
    const found = find(rules, at([0, 30, 35, 39, 44, 60]));
    expect(found.map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    expect(found[0]).toMatchObject({ rule: 'velocity', evidence: { per_burst: 3, max_per_burst: 2 } });
    expect(find(rules, at([0, 9, 19]))).toEqual([]);
  });

  test('are what counting every span of time finds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 }), (steps) => {
        let time = 0;
        const minutes = steps.map((step) => {
          time += step;
          return time;
        });
        const within = (from: number) =>
          minutes.filter((minute) => minute >= from && minute < from + 10).length;
        const expected = minutes.flatMap((minute, index) => {
          const isInBurst = minutes.some((from) => from <= minute && minute < from + 10 && within(from) > 2);
          return isInBurst ? [index] : [];
        });
        expect(find(rules, at(minutes)).map(({ place }) => place)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });
});

describe('cancellations', () => {
  test('finds what is left of a participant whose friends cancel more often than is usual', () => {
    const rules = { cancellations: { action: 'hold', max: 1 } };
    const over = { is_over: 1 };
    expect(find(rules, [member(1, over), member(2)])).toEqual([]);
    expect(find(rules, [member(1, over), member(2), member(3, over)])).toEqual([
      { place: 2, rule: 'cancellations', action: 'hold', evidence: { cancelled: 2, max: 1 } },
    ]);
  });
});
