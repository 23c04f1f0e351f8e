/** What is known of the values of a group. */
export interface Sample {
  /** Everyone, those with nothing included. */
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** A number that was measured, and how far it is likely to be off. */
export interface Estimate {
  readonly estimate: number;
  readonly standard_error: number;
}

/** The mean of `first` less that of `second`, with Welch's standard error: the groups may spread differently. */
export function meanDifference(first: Sample, second: Sample): Estimate {
  const [one, other] = [first, second].map(momentsOf) as [Moments, Moments];
  return { estimate: one.mean - other.mean, standard_error: Math.sqrt(one.error + other.error) };
}

interface Moments {
  readonly mean: number;
  /** Of the mean: its variance. */
  readonly error: number;
}

function momentsOf({ count, sum, squares }: Sample): Moments {
  if (count === 0) return { mean: 0, error: 0 };
  const mean = sum / count;
  const variance = Math.max(0, squares - count * mean * mean) / Math.max(1, count - 1);
  return { mean, error: variance / count };
}
