import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import type { Distributions } from '../statistics/distributions.ts';
import { meanDifference, type Sample } from '../statistics/mean-difference.ts';
import { rateOf, roundRate } from '../statistics/rate-difference.ts';
import type { ExperimentDesign } from './design.ts';
import {
  countHoldout,
  type GroupRow,
  type OutcomeWindow,
  type RevenueRow,
  sumRevenue,
} from './experiment-queries.ts';
import { compareGroups } from './judge-experiment.ts';

/** Money of the mailed less what as many who were held out would have brought, in one currency. */
export interface Earned {
  /** A decimal string, as the limits of its interval. */
  readonly earned: string;
  readonly low: string;
  readonly high: string;
}

/** What a campaign brought, against people whom it left out by chance. */
export interface HoldoutFigures {
  readonly held_out: GroupRow & { readonly rate: number };
  readonly mailed: GroupRow & { readonly rate: number };
  /** Of the rates; null before the horizon of a fixed design. */
  readonly difference: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  /** Conversions that would not be there without the campaign, with the limits of the interval. */
  readonly extra_conversions: readonly [low: number, estimate: number, high: number] | null;
  /** By currency; normal intervals, which need some hundred bookings to be right. */
  readonly money: Readonly<Record<string, Earned>>;
}

/**
 * Compares everyone who was to be mailed with who was held out, by conversions: the held out have nothing to click. `isShown`
 * is false before the horizon of a fixed design.
 */
export async function measureHoldout(
  queries: Queries,
  design: ExperimentDesign,
  window: OutcomeWindow,
  isShown: boolean,
  distributions: Distributions,
): Promise<HoldoutFigures> {
  const { mailed, heldOut } = await countHoldout(queries, window);
  const groups = { held_out: withRate(heldOut), mailed: withRate(mailed) };
  if (!isShown || heldOut.customers === 0 || mailed.customers === 0) {
    return {
      ...groups,
      difference: null,
      low: null,
      high: null,
      p: null,
      extra_conversions: null,
      money: {},
    };
  }
  const baseline = design.metric === 'conversions' ? design.baseline : USUAL_RATE;
  const compared = compareGroups(
    { mode: design.mode, baseline },
    design.alpha,
    { customers: mailed.customers, succeeded: mailed.converted },
    { customers: heldOut.customers, succeeded: heldOut.converted },
    distributions,
  );
  const times = (difference: number): number => Math.round(difference * mailed.customers * 10) / 10;
  return {
    ...groups,
    ...compared,
    extra_conversions: [times(compared.low), times(compared.difference), times(compared.high)],
    money: await measureMoney(queries, design.alpha, window, mailed, heldOut, distributions),
  };
}

// What is expected where the design speaks of clicks.
const USUAL_RATE = 0.01;

function withRate(group: GroupRow): GroupRow & { readonly rate: number } {
  return { ...group, rate: roundRate(rateOf({ customers: group.customers, succeeded: group.converted })) };
}

async function measureMoney(
  queries: Queries,
  alpha: number,
  window: OutcomeWindow,
  mailed: GroupRow,
  heldOut: GroupRow,
  distributions: Distributions,
): Promise<Readonly<Record<string, Earned>>> {
  const byMailed = await sumRevenue(queries, 'deliveries', window);
  const byHeldOut = await sumRevenue(queries, 'holdouts', window);
  const currencies = [...new Set([...byMailed, ...byHeldOut].map(({ currency }) => currency))].sort();
  const z = distributions.normalQuantile(1 - alpha / 2);
  const money = currencies.map((currency): readonly [string, Earned] => {
    const { estimate, standard_error } = meanDifference(
      sampleOf(byMailed, currency, mailed.customers),
      sampleOf(byHeldOut, currency, heldOut.customers),
    );
    const margin = z * standard_error;
    const format = (perCustomer: number): string =>
      formatMinorUnits(Math.round(perCustomer * mailed.customers), currency);
    return [
      currency,
      { earned: format(estimate), low: format(estimate - margin), high: format(estimate + margin) },
    ];
  });
  return Object.fromEntries(money);
}

// Of all customers of the group, those without a booking included.
function sampleOf(rows: readonly RevenueRow[], currency: string, count: number): Sample {
  const row = rows.find((one) => one.currency === currency);
  return { count, sum: row?.minor ?? 0, squares: row?.squared ?? 0 };
}
