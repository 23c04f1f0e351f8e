// The package's own declarations are not reachable through its `exports`; these are the functions that are used here.
declare module 'cephes' {
  /** Resolves when the functions can be called. */
  export const compiled: Promise<void>;
  /** The standard normal distribution function. */
  export function ndtr(x: number): number;
  /** Its inverse; `p` in (0, 1), else it throws. */
  export function ndtri(p: number): number;
  /** The upper tail of the chi-squared distribution; `x` ≥ 0. */
  export function chdtrc(degrees: number, x: number): number;
  /** The regularised incomplete beta function. */
  export function incbet(a: number, b: number, x: number): number;
  /** Its inverse in `x`. */
  export function incbi(a: number, b: number, p: number): number;
}
