/** The probability of odds given by their logarithm. */
export function sigmoid(output: number): number {
  return 1 / (1 + Math.exp(-output));
}

/** log(1 + e^x), without overflow. */
export function softplus(output: number): number {
  return Math.max(output, 0) + Math.log1p(Math.exp(-Math.abs(output)));
}
