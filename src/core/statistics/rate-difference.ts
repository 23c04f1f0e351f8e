/** How many of a group did it. */
export interface Group {
  readonly customers: number;
  readonly succeeded: number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * How far, squared, the weighted sum of differences may be from its mean before that mean is ruled out, when the variance
 * of the sum is this: z² V at a fixed horizon, more in a confidence sequence.
 */
export type Boundary = (variance: number) => number;

/** The difference of two rates as a sum whose variance is known, on the scale of both kinds of boundaries. */
export interface Contrast {
  /** n₁n₂ / (n₁ + n₂) times the difference of the rates, less `difference`. */
  readonly sum: number;
  /** Of that sum, were the true difference `difference`. */
  readonly variance: number;
}

const STEPS = 60;

/** The rate of `first` less that of `second`; 0 when a group is empty. */
export function rateDifference(first: Group, second: Group): number {
  return rateOf(first) - rateOf(second);
}

/** A rate, or a difference of rates, as it is told: to a ten-thousandth of a percentage point. */
export function roundRate(rate: number): number {
  return Math.round(rate * 1e6) / 1e6;
}

/** Succeeded by customers; 0 for an empty group. */
export function rateOf({ customers, succeeded }: Group): number {
  return customers === 0 ? 0 : succeeded / customers;
}

/** The contrast under the assumption that the rates differ by `difference`. Source: Miettinen and Nurminen (1985). */
export function contrastAt(first: Group, second: Group, difference: number): Contrast {
  const n1 = first.customers;
  const n2 = second.customers;
  const weight = (n1 * n2) / (n1 + n2);
  const [p1, p2] = restrictedRates(first, second, difference);
  const spread = (p1 * (1 - p1)) / n1 + (p2 * (1 - p2)) / n2;
  return {
    sum: weight * (rateDifference(first, second) - difference),
    variance: weight * weight * spread * ((n1 + n2) / Math.max(1, n1 + n2 - 1)),
  };
}

/** All differences that the boundary does not rule out; all there are when a group is empty. */
export function differenceInterval(first: Group, second: Group, boundary: Boundary): Interval {
  if (first.customers === 0 || second.customers === 0) return { low: -1, high: 1 };
  const holds = (difference: number): boolean => {
    const { sum, variance } = contrastAt(first, second, difference);
    return sum * sum <= boundary(variance);
  };
  const estimate = rateDifference(first, second);
  return { low: findEdge(holds, estimate, -1), high: findEdge(holds, estimate, 1) };
}

/** The last value between `inside` and `outside` that holds. */
function findEdge(holds: (value: number) => boolean, inside: number, outside: number): number {
  if (holds(outside)) return outside;
  let [near, far] = [inside, outside];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (near + far) / 2;
    if (holds(middle)) near = middle;
    else far = middle;
  }
  return near;
}

/** The most likely rates of two groups that differ by `difference`: the root of a cubic, in closed form. */
export function restrictedRates(first: Group, second: Group, difference: number): readonly [number, number] {
  const { customers: n1, succeeded: x1 } = first;
  const { customers: n2, succeeded: x2 } = second;
  const all = n1 + n2;
  const b = ((n1 + 2 * n2) * difference - all - x1 - x2) / all;
  const c = ((n2 * difference - all - 2 * x2) * difference + x1 + x2) / all;
  const d = (x2 * difference * (1 - difference)) / all;
  const q = b ** 3 / 27 - (b * c) / 6 + d / 2;
  const p = (q < 0 ? -1 : 1) * Math.sqrt(Math.max(0, b ** 2 / 9 - c / 3));
  const cosine = p === 0 ? 0 : q / p ** 3;
  const angle = (Math.PI + Math.acos(Math.max(-1, Math.min(1, cosine)))) / 3;
  const low = Math.max(0, -difference);
  const high = Math.min(1, 1 - difference);
  const p2 = Math.max(low, Math.min(high, 2 * p * Math.cos(angle) - b / 3));
  return [Math.max(0, Math.min(1, p2 + difference)), p2];
}
