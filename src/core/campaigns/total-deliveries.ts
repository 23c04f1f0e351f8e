import type { DeliveryStatus } from '../database/tables.ts';

/** `planned = pending + accepted + refused + in_doubt + skipped`. */
export interface DeliveryTotals {
  readonly planned: number;
  /** Claimed and sending ones too. */
  readonly pending: number;
  readonly accepted: number;
  readonly refused: number;
  readonly in_doubt: number;
  readonly skipped: number;
}

/** The totals that people see, of the counts by state. */
export function totalDeliveries(counts: ReadonlyMap<DeliveryStatus, number>): DeliveryTotals {
  const of = (...statuses: DeliveryStatus[]): number =>
    statuses.reduce((sum, status) => sum + (counts.get(status) ?? 0), 0);
  const settled = {
    accepted: of('accepted'),
    refused: of('refused'),
    in_doubt: of('in_doubt'),
    skipped: of('skipped'),
  };
  const pending = of('pending', 'claimed', 'sending');
  const planned = pending + settled.accepted + settled.refused + settled.in_doubt + settled.skipped;
  return { planned, pending, ...settled };
}
