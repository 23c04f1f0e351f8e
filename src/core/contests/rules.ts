import { z } from 'zod';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { findMinorUnits, isCurrency } from '../money.ts';
import { describeDocumentIssues } from './describe-document-issues.ts';
import { currencies } from './rules-currencies.ts';
import { fraudRules } from './rules-fraud.ts';
import {
  amount,
  amounts,
  attributeName,
  count,
  positiveCount,
  positiveDecimal,
  referralReward,
  rewardFor,
} from './rules-parts.ts';

const milestone = rewardFor('at');
const prize = rewardFor('position');
const drawing = rewardFor('winners');

/** A reward that needs no booking: of a milestone, a final position or a drawing. */
export type FixedReward = z.infer<typeof milestone> | z.infer<typeof prize> | z.infer<typeof drawing>;

const eligibility = z.strictObject({
  /** Conditions in the language of `--where`, joined by AND; none means everyone. */
  participants: z.array(z.string({ error: 'must be a condition such as "consent = granted"' })).default([]),
  new_friend: z
    .enum(['any', 'no_booking_before_contest', 'never_booked'], {
      error: 'must be one of any, no_booking_before_contest, never_booked',
    })
    .default('no_booking_before_contest'),
  min_amount: amount.default('0'),
  statuses: z
    .array(
      z.enum(['confirmed', 'completed', 'cancelled', 'no_show', 'refunded'], {
        error: 'must be one of confirmed, completed, cancelled, no_show, refunded',
      }),
    )
    .min(1, 'must name at least one status')
    .default(['completed']),
  require_booking_reference: z.boolean({ error: 'must be true or false' }).default(true),
});

const attribution = z.strictObject({
  by: z
    .array(z.enum(['code', 'sign_up'], { error: 'must be one of code, sign_up' }))
    .min(1, 'must name at least one way')
    .default(['code', 'sign_up']),
  /** How long after a sign-up a booking still counts; 0 means no limit. */
  window_days: count.default(30),
});

const days = count.max(3_650, 'must be 3650 or less');

const approval = z.strictObject({
  mode: z.enum(['automatic', 'manual'], { error: 'must be one of automatic, manual' }).default('automatic'),
  hold_days: days.default(0),
  /** Days after the booking until a referral that is still pending expires; 0 means never. */
  expire_days: days.default(0),
});

const limits = z.strictObject({
  referrals_per_participant: count.default(0),
  referrals_per_day: count.default(0),
  budget: amounts.default({}),
});

const scoring = z.strictObject({
  points_per_referral: count.default(1),
  points_per_amount: z
    .strictObject({ per: positiveDecimal.default('100.00'), points: count.default(0) })
    .prefault({}),
  tier_percent: z.record(z.string(), count).default({}),
  cap_per_group: z.strictObject({ attribute: attributeName, max: positiveCount }).optional(),
});

const qualify = z.strictObject({
  min_points: count.default(0),
  min_groups: z.strictObject({ attribute: attributeName, count: positiveCount }).optional(),
});

const rewards = z.strictObject({
  referrer: referralReward.optional(),
  friend: referralReward.optional(),
  milestones: z.array(milestone).default([]),
  prizes: z.array(prize).default([]),
  drawing: drawing.optional(),
  /** Days until a reward that nobody claimed expires; 0 means never. */
  expire_days: count.default(365),
});

/** The rules document of a contest; every part is optional, an unknown key is an error. */
export const rulesSchema = z
  .strictObject({
    eligibility: eligibility.prefault({}),
    attribution: attribution.prefault({}),
    approval: approval.prefault({}),
    limits: limits.prefault({}),
    scoring: scoring.prefault({}),
    qualify: qualify.prefault({}),
    rewards: rewards.prefault({}),
    fraud: fraudRules.prefault({}),
    currencies: currencies.optional(),
  })
  .superRefine((rules, context) => {
    for (const path of findTooFineAmounts(rules.rewards)) {
      context.addIssue({
        code: 'custom',
        path: ['rewards', ...path],
        message: 'is finer than its currency allows',
      });
    }
    const twice = (path: string, keys: readonly string[]) => {
      const index = keys.findIndex((key, at) => keys.indexOf(key) !== at);
      if (index < 0) return;
      context.addIssue({ code: 'custom', path: ['rewards', path, index], message: 'is given twice' });
    };
    twice(
      'milestones',
      rules.rewards.milestones.map((item) => `${item.at} ${item.type}`),
    );
    twice(
      'prizes',
      rules.rewards.prizes.map((item) => String(item.position)),
    );
  });

// `"25.005"` is no amount in EUR; the parts can't say so alone, because the currency stands beside the amount.
function findTooFineAmounts(document: z.infer<typeof rewards>): (string | number)[][] {
  const places: [(string | number)[], { type: string; amount?: string; currency?: string } | undefined][] = [
    [['referrer'], document.referrer],
    [['friend'], document.friend],
    [['drawing'], document.drawing],
    ...document.milestones.map(
      (item, index) => [['milestones', index], item] as [(string | number)[], typeof item],
    ),
    ...document.prizes.map((item, index) => [['prizes', index], item] as [(string | number)[], typeof item]),
  ];
  return places.flatMap(([path, reward]) =>
    reward?.amount !== undefined &&
    reward.currency !== undefined &&
    isCurrency(reward.currency) &&
    findMinorUnits(reward.amount, reward.currency) === undefined
      ? [[...path, 'amount']]
      : [],
  );
}

/** The effective rules: every part there, with its default where the document left it out. */
export type Rules = z.infer<typeof rulesSchema>;

/**
 * A rules document, as JSON, with all its defaults. The result is itself a rules document that means the same.
 * Throws `input_unusable` that names every wrong place, and the nearest known key for an unknown one.
 */
export function parseRules(document: unknown): Rules {
  const parsed = rulesSchema.safeParse(document);
  if (!parsed.success) throw describeDocumentIssues(parsed.error.issues, rulesSchema, 'rules');
  return parsed.data;
}

/** The effective rules from the text that `contests.rules` keeps. */
export function parseStoredRules(text: string): Rules {
  return parseRules(JSON.parse(text));
}

/** The rules of a contest that has no document. */
export function defaultRules(): Rules {
  return parseRules({});
}

/** The effective rules as canonical JSON and its SHA-256: what a contest stores and what its leaderboard signs. */
export function hashRules(rules: Rules): { readonly text: string; readonly sha256: string } {
  const text = canonicalJson(rules);
  return { text, sha256: sha256(text) };
}
