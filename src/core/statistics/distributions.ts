/** Distribution functions; the numbers behind them are those of the Cephes library, which SciPy builds on too. */
export interface Distributions {
  /** P(Z ≤ z) of the standard normal distribution. */
  normalBelow(z: number): number;
  /** The z with P(Z ≤ z) = p, for 0 < p < 1. */
  normalQuantile(p: number): number;
  /** P(X ≥ x) of the chi-squared distribution, for x ≥ 0. */
  chiSquaredAbove(x: number, degrees: number): number;
  /** P(X ≤ x) of the beta distribution, for a, b > 0. */
  betaBelow(x: number, a: number, b: number): number;
  /** The x with P(X ≤ x) = p of the beta distribution, for 0 ≤ p ≤ 1. */
  betaQuantile(p: number, a: number, b: number): number;
}

/** Loads the library on first use: it is a WebAssembly module that takes some 30 ms to compile. */
export async function loadDistributions(): Promise<Distributions> {
  const { chdtrc, compiled, incbet, incbi, ndtr, ndtri } = await import('cephes');
  await compiled;
  return {
    normalBelow: (z) => (z <= LOWEST ? 0 : z >= -LOWEST ? 1 : ndtr(z)),
    normalQuantile: (p) => ndtri(p),
    chiSquaredAbove: (x, degrees) => (x <= 0 ? 1 : chdtrc(degrees, x)),
    betaBelow: (x, a, b) => (x <= 0 ? 0 : x >= 1 ? 1 : incbet(a, b, x)),
    betaQuantile: (p, a, b) => (p <= 0 ? 0 : p >= 1 ? 1 : incbi(a, b, p)),
  };
}

// Beyond it the library tells of an underflow instead of giving the number.
const LOWEST = -37;

/** The two-sided p-value of a standard normal statistic. */
export function twoSided(distributions: Distributions, z: number): number {
  return Math.min(1, 2 * distributions.normalBelow(-Math.abs(z)));
}
