import { z } from 'zod';
import { findScaledInteger, isCurrency } from '../money.ts';

/** Digits after the point that a decimal in the rules may have: the most that any currency has, and enough for percentages. */
const DECIMAL_DIGITS = 4;

const DECIMAL_ERROR = 'must be a decimal string such as "25.00"';

function isDecimal(text: string): boolean {
  return !text.startsWith('+') && findScaledInteger(text, DECIMAL_DIGITS) !== undefined;
}

const decimal = z
  .string({ error: DECIMAL_ERROR })
  .refine((text) => isDecimal(text) && !text.startsWith('-'), DECIMAL_ERROR);

/** A decimal string above zero. */
export const positiveDecimal = decimal.refine((text) => Number(text) > 0, 'must be above 0');

/** An ISO 4217 code in upper case. */
export const currencyCode = z
  .string({ error: 'must be an ISO 4217 currency such as "EUR"' })
  .refine(isCurrency, 'must be an ISO 4217 currency such as "EUR"');

/** An amount: one decimal for every currency, compared in the booking's own, or one per currency. */
export const amount = z.union([decimal, z.record(currencyCode, decimal)], {
  error: 'must be a decimal string such as "100.00", or one per currency: {"EUR": "100.00"}',
});

export type Amount = z.infer<typeof amount>;

/** Amounts per currency. */
export const amounts = z.record(currencyCode, decimal);

export const count = z
  .int({ error: 'must be a whole number' })
  .min(0, 'must be 0 or more')
  .max(1_000_000_000, 'must be 1000000000 or less');

export const positiveCount = count.min(1, 'must be 1 or more');

/** The name of an attribute, with or without the `attributes.` before it. */
export const attributeName = z
  .string({ error: 'must be the name of an attribute such as "region"' })
  .transform((name) => name.trim().replace(/^attributes\./, ''))
  .refine((name) => name !== '' && !name.includes('"'), 'must be the name of an attribute such as "region"');

const percent = positiveDecimal.refine((text) => Number(text) <= 100, 'must be 100 or less');

const text = z.string({ error: 'must be a text' }).trim().min(1, 'must not be empty');

const fixedMoney = z.strictObject({
  type: z.literal('money'),
  amount: positiveDecimal,
  currency: currencyCode,
});

const bookingPercentage = z.strictObject({
  type: z.literal('percentage'),
  percent,
  /** The most that one booking earns; no cap when absent. */
  max: amount.optional(),
});

const freeDays = z.strictObject({
  type: z.literal('free_days'),
  days: positiveCount.max(3_650, 'must be 3650 or less').default(30),
});

const rewardPoints = z.strictObject({ type: z.literal('points'), points: positiveCount });
const badge = z.strictObject({ type: z.literal('badge'), name: text });

const TYPE_ERROR = 'must be one of money, percentage, free_days, points, badge';
const FIXED_TYPE_ERROR =
  'must be one of money, free_days, points, badge (there is no booking to take a percentage of)';

/** What one referral earns. */
export const referralReward = z.discriminatedUnion(
  'type',
  [fixedMoney, bookingPercentage, freeDays, rewardPoints, badge],
  { error: TYPE_ERROR },
);

export type ReferralReward = z.infer<typeof referralReward>;

/** A reward that needs no booking, with what earns it: `at`, `position` or `winners`. */
export function rewardFor<Key extends string>(key: Key) {
  const earned = { [key]: positiveCount } as Record<Key, typeof positiveCount>;
  return z.discriminatedUnion(
    'type',
    [
      z.strictObject({ ...earned, ...fixedMoney.shape }),
      z.strictObject({ ...earned, ...freeDays.shape }),
      z.strictObject({ ...earned, ...rewardPoints.shape }),
      z.strictObject({ ...earned, ...badge.shape }),
    ],
    { error: FIXED_TYPE_ERROR },
  );
}
