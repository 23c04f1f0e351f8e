import { formatMinorUnits } from '../money.ts';
import type { BookingCount, RewardCount } from './booking-queries.ts';
import { type MinorFigures, MONEY, type MoneyName } from './metrics.ts';
import type { Report } from './report.ts';

/** The money figures of each currency; one currency is never added to another. */
export function sumMoney(
  bookings: readonly BookingCount[],
  rewards: readonly RewardCount[],
  mailCost: { readonly currency: string; readonly minor: number } | null,
): Report['money'] {
  const currencies = new Map<string, Record<MoneyName, number>>();
  const of = (currency: string): Record<MoneyName, number> => {
    const known = currencies.get(currency) ?? noMoney();
    currencies.set(currency, known);
    return known;
  };
  for (const booking of bookings) addBooking(of(booking.currency), booking);
  for (const { currency, amount_minor, status } of rewards) {
    if (currency !== null) of(currency)[`rewards_${status}`] += amount_minor ?? 0;
  }
  if (mailCost !== null && mailCost.minor > 0) of(mailCost.currency).mail_cost = mailCost.minor;
  const sorted = [...currencies].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([currency, figures]) => [currency, format(derive(figures), currency)]),
  );
}

function addBooking(figures: Record<MoneyName, number>, booking: BookingCount): void {
  if (booking.status === 'cancelled' || booking.status === 'no_show') return;
  figures.bookings_gross += booking.amount_minor;
  figures.bookings_refunded += booking.refunded_minor;
  if (booking.referred === 0) return;
  figures.revenue_gross += booking.amount_minor;
  figures.revenue_refunded += booking.refunded_minor;
}

function derive(figures: MinorFigures): MinorFigures {
  const rewardCost =
    figures.rewards_held + figures.rewards_available + figures.rewards_claimed + figures.rewards_paid;
  return {
    ...figures,
    bookings_net: figures.bookings_gross - figures.bookings_refunded,
    revenue_net: figures.revenue_gross - figures.revenue_refunded,
    reward_cost: rewardCost,
    program_cost: rewardCost + figures.mail_cost,
  };
}

function noMoney(): Record<MoneyName, number> {
  return Object.fromEntries(MONEY.map(({ name }) => [name, 0])) as Record<MoneyName, number>;
}

function format(figures: MinorFigures, currency: string): Record<MoneyName, string> {
  const entries = MONEY.map(({ name }) => [name, formatMinorUnits(figures[name], currency)]);
  return Object.fromEntries(entries) as Record<MoneyName, string>;
}
