/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964;

/**
 * Where a share of `part` in `whole` lies with 95 % confidence, with six decimals (Wilson 1927, without continuity
 * correction); null where `whole` is 0 or the part is larger than the whole, which is no share.
 */
export function wilsonInterval(part: number, whole: number): readonly [low: number, high: number] | null {
  if (whole <= 0 || part > whole) return null;
  const share = part / whole;
  const square = Z * Z;
  const centre = (share + square / (2 * whole)) / (1 + square / whole);
  const half =
    (Z / (1 + square / whole)) * Math.sqrt((share * (1 - share)) / whole + square / (4 * whole * whole));
  return [round(Math.max(0, centre - half)), round(Math.min(1, centre + half))];
}

function round(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}
