/**
 * Holm's step-down adjustment: reject where the adjusted p-value is at most α, and the chance of any wrong rejection
 * among them all is at most α, however the tests depend on each other. In the order given.
 * Source: Holm (1979), A simple sequentially rejective multiple test procedure.
 */
export function adjustHolm(pValues: readonly number[]): readonly number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((left, right) => left.p - right.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let largest = 0;
  for (const [rank, { p, index }] of order.entries()) {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  }
  return adjusted;
}
