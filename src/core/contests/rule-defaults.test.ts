import { expect, test } from 'vitest';
import { configSchema } from '../settings/config.ts';
import { withRuleDefaults } from './rule-defaults.ts';
import { parseRules } from './rules.ts';

const config = configSchema.parse({
  currency: 'USD',
  contests: {
    ...{ max_referrals: '50', auto_approve: 'false', require_booking_reference: '0' },
    ...{ reward_amount: '25.00', reward_days: 30, master_threshold: 5 },
  },
});

test('a configuration that says nothing changes nothing', () => {
  for (const document of [{}, { limits: { referrals_per_day: 3 } }])
    expect(withRuleDefaults(document, configSchema.parse({}))).toEqual(document);
});

test('rules that say nothing are what the configuration says', () => {
  expect(parseRules(withRuleDefaults({}, config))).toMatchObject({
    limits: { referrals_per_participant: 50 },
    approval: { mode: 'manual' },
    eligibility: { require_booking_reference: false },
    rewards: {
      referrer: { type: 'money', amount: '25.00', currency: 'USD' },
      milestones: [{ at: 5, type: 'badge', name: 'Referral Master' }],
    },
  });
});

test('what the rules say goes before', () => {
  const document = {
    limits: { referrals_per_participant: 3 },
    approval: { mode: 'automatic' },
    rewards: { referrer: { type: 'points', points: 1 }, milestones: [] },
  };
  expect(withRuleDefaults(document, config)).toMatchObject(document);
});

test('free days count where there is no amount', () => {
  const days = configSchema.parse({ contests: { reward_days: 7 } });
  expect(withRuleDefaults({}, days)).toMatchObject({ rewards: { referrer: { type: 'free_days', days: 7 } } });
});

test.each([[null], [[]], ['rules'], [{ limits: [] }], [{ rewards: null }]])(
  'what is no rules document stays what it is, for the rules to refuse: %j',
  (document) => {
    expect(() => parseRules(withRuleDefaults(document, config))).toThrow(
      expect.objectContaining({ code: 'input_unusable' }),
    );
  },
);
