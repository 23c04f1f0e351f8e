import { formatMinorUnits } from '../money.ts';
import type { Booking } from './booking.ts';

/** By how much a file changes what was booked and what was paid back, in minor units by currency. */
export interface MoneyMoves {
  readonly booked: Map<string, number>;
  readonly refunded: Map<string, number>;
  /** A booking became another, or is new. */
  change(before: Priced | undefined, after: Priced): void;
  add(other: Pick<MoneyMoves, 'booked' | 'refunded'>): void;
}

type Priced = Pick<Booking, 'amount_minor' | 'refunded_minor' | 'currency'>;

/** A count that begins at nothing. */
export function createMoneyMoves(): MoneyMoves {
  const booked = new Map<string, number>();
  const refunded = new Map<string, number>();
  const move = (sums: Map<string, number>, currency: string, minor: number): void => {
    if (minor !== 0) sums.set(currency, (sums.get(currency) ?? 0) + minor);
  };
  return {
    booked,
    refunded,
    change(before, after) {
      if (before !== undefined) {
        move(booked, before.currency, -before.amount_minor);
        move(refunded, before.currency, -before.refunded_minor);
      }
      move(booked, after.currency, after.amount_minor);
      move(refunded, after.currency, after.refunded_minor);
    },
    add(other) {
      for (const [currency, minor] of other.booked) move(booked, currency, minor);
      for (const [currency, minor] of other.refunded) move(refunded, currency, minor);
    },
  };
}

/** Sums by currency as results show them, in the order of the codes; what came to nothing is left out. */
export function formatSums(sums: Iterable<readonly [string, number]>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...sums]
      .filter(([, minor]) => minor !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([currency, minor]) => [currency, formatMinorUnits(minor, currency)]),
  );
}
