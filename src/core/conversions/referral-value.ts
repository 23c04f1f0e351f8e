import { type Currencies, prepareConversions } from '../contests/rules-currencies.ts';
import type { Booking } from './booking.ts';
import { createLocalDay } from './local-day.ts';

/** What a booking is worth to a contest, in minor units of `currency`. */
export interface ReferralValue {
  readonly amount_minor: number;
  /** Less what was paid back: what points and percentages are reckoned from. */
  readonly remaining_minor: number;
  readonly currency: string;
  /** The rate by which it was converted; undefined where nothing had to be. */
  readonly rate: { readonly currency: string; readonly rate: string; readonly from: string } | undefined;
}

type Priced = Pick<Booking, 'amount_minor' | 'refunded_minor' | 'currency' | 'booked_at'>;

/** What is left of a booking in its own currency. */
export function remainingAmount({ amount_minor, refunded_minor }: Priced): number {
  return Math.max(0, amount_minor - refunded_minor);
}

/**
 * Values bookings by the rules: in their own currency, or all in the base currency where the rules have one, by the rate of the day of the
 * booking. Undefined where the table has no rate for it: such a booking must not be counted with others.
 */
export function createValuer({
  rules,
  timezone,
}: {
  readonly rules: { readonly currencies?: Currencies | undefined };
  readonly timezone: string;
}): (booking: Priced) => ReferralValue | undefined {
  const { currencies } = rules;
  const own = (booking: Priced): ReferralValue => ({
    amount_minor: booking.amount_minor,
    remaining_minor: remainingAmount(booking),
    currency: booking.currency,
    rate: undefined,
  });
  if (currencies === undefined) return own;
  const find = prepareConversions(currencies);
  const dayOf = createLocalDay(timezone);
  return (booking) => {
    if (booking.currency === currencies.base) return own(booking);
    const conversion = find(booking.currency, dayOf(booking.booked_at));
    if (conversion === undefined) return undefined;
    const { currency, rate, from, convert } = conversion;
    return {
      amount_minor: convert(booking.amount_minor),
      remaining_minor: convert(remainingAmount(booking)),
      currency: currencies.base,
      rate: { currency, rate, from },
    };
  };
}
