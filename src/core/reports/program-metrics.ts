import { type RateName, total } from './metrics.ts';

/*
 * Figures of the program as a whole, which are no shares of a whole: each once, as in metrics.ts.
 */

export const PROGRAM = [
  total(
    'viral_coefficient',
    'Viral coefficient',
    '`friends` ÷ `participants`: how many friends a participant brings',
    'referrals, participants',
  ),
  total(
    'cycle_time_days',
    'Cycle time, days',
    'median days from the enrolment of a participant to the first booking by a friend',
    'participants, referrals',
  ),
  total(
    'time_to_convert_days',
    'Time to convert, days',
    'median days from the first accepted mail of the contest to the first booking by a friend after it',
    'deliveries, referrals',
  ),
] as const;

export type ProgramName = (typeof PROGRAM)[number]['name'];
/** Six decimals for the coefficient, two for days; null where there is nothing to divide by. */
export type ProgramFigures = Readonly<Record<ProgramName, number | null>>;

/** By currency, amounts rounded half up to the currency's exponent. */
export const AVERAGES = [
  total(
    'average_booking_referred',
    'Average booking by referral',
    '`revenue_net` ÷ its bookings',
    'bookings, referrals',
  ),
  total(
    'average_booking_other',
    'Average booking by others',
    '(`bookings_net` − `revenue_net`) ÷ its bookings',
    'bookings, referrals',
  ),
  total('revenue_per_mail', 'Revenue per mail', '`revenue_net` ÷ `accepted`', 'bookings, deliveries'),
  total(
    'cost_per_acquired',
    'Cost per acquired customer',
    '`program_cost` ÷ `friends`',
    'rewards, deliveries, referrals',
  ),
] as const;

export type AverageName = (typeof AVERAGES)[number]['name'];

/** By currency. */
export const RETURN = total(
  'return_rate',
  'Return on the program',
  '(`revenue_net` − `program_cost`) ÷ `program_cost`',
  'bookings, rewards, deliveries',
);

export type TargetName =
  | Extract<
      RateName,
      'open_rate' | 'click_rate' | 'conversion_rate' | 'bounce_rate' | 'complaint_rate' | 'referral_rate'
    >
  | 'viral_coefficient'
  | 'return_rate';

export interface TargetMetric {
  readonly name: TargetName;
  /** Is it good to be above the target, or below? */
  readonly side: 'at_least' | 'below';
  /** Points of the health score, of a hundred. The open rate has none: it can't be relied on. */
  readonly weight: number;
}

/** What a program should reach; how much is the setting `targets.NAME`, whose default is usual in the field. */
export const TARGETS: readonly TargetMetric[] = [
  { name: 'open_rate', side: 'at_least', weight: 0 },
  { name: 'click_rate', side: 'at_least', weight: 15 },
  { name: 'conversion_rate', side: 'at_least', weight: 15 },
  { name: 'bounce_rate', side: 'below', weight: 15 },
  { name: 'complaint_rate', side: 'below', weight: 15 },
  { name: 'referral_rate', side: 'at_least', weight: 20 },
  { name: 'viral_coefficient', side: 'at_least', weight: 10 },
  { name: 'return_rate', side: 'at_least', weight: 10 },
];
