import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isMove } from './ledger.ts';
import { type Claim, reconcileReward, type StandingReward } from './reconcile-reward.ts';
import { statusAfter } from './reward.ts';
import { findRewardValue } from './reward-value.ts';

const amount = fc.integer({ min: 1, max: 1_000 });
const currency = fc.constantFrom('EUR', 'USD');
const standing: fc.Arbitrary<StandingReward> = fc.record({
  status: fc.constantFrom('held', 'available', 'claimed', 'paid', 'expired', 'reversed'),
  amount_minor: amount,
  currency,
  is_revoked: fc.constant(false),
});
const claim: fc.Arbitrary<Claim> = fc.oneof(
  fc.record({
    state: fc.constant('granted' as const),
    value: fc.record({
      type: fc.constant('money' as const),
      amount_minor: amount,
      currency,
      badge: fc.constant(null),
    }),
  }),
  fc.record({ state: fc.constant('suspended' as const) }),
  fc.record({ state: fc.constant('none' as const), reason: fc.constant('x') }),
);

describe('reconcileReward', () => {
  test('only makes moves that exist, and a second time none', () => {
    fc.assert(
      fc.property(fc.option(standing, { nil: undefined }), claim, (before, wanted) => {
        const moves = reconcileReward(before, wanted);
        for (const { kind, from_account, to_account, amount_minor } of moves) {
          expect(isMove(kind, from_account, to_account)).toBe(true);
          expect(amount_minor).toBeGreaterThan(0);
        }
        const status = statusAfter(moves);
        if (status === undefined) return;
        const value = wanted.state === 'granted' ? wanted.value : before;
        if (value === undefined) throw new Error('a reward out of nothing');
        expect(
          reconcileReward(
            { status, amount_minor: value.amount_minor, currency: value.currency, is_revoked: false },
            wanted,
          ),
        ).toEqual([]);
      }),
    );
  });

  test('leaves alone what a person took back', () => {
    const value = { type: 'money' as const, amount_minor: 1, currency: 'EUR', badge: null };
    expect(
      reconcileReward(
        { status: 'reversed', amount_minor: 1, currency: 'EUR', is_revoked: true },
        { state: 'granted', value },
      ),
    ).toEqual([]);
  });
});

describe('findRewardValue', () => {
  test('rounds a percentage half up to the minor unit and caps it', () => {
    const ten = { type: 'percentage' as const, percent: '10', max: '50.00' };
    expect(findRewardValue(ten, { amount_minor: 10_004, currency: 'EUR' })?.amount_minor).toBe(1_000);
    expect(findRewardValue(ten, { amount_minor: 10_005, currency: 'EUR' })?.amount_minor).toBe(1_001);
    expect(findRewardValue(ten, { amount_minor: 99_999, currency: 'EUR' })?.amount_minor).toBe(5_000);
    expect(findRewardValue(ten, { amount_minor: 1_005, currency: 'JPY' })?.amount_minor).toBe(50);
    expect(findRewardValue(ten, { amount_minor: 4, currency: 'EUR' })).toBeUndefined();
  });
});
