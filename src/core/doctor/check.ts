export type CheckStatus = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Check {
  /** snake_case, stable: scripts look for it. */
  readonly check: string;
  readonly status: CheckStatus;
  /** One line: what was found. */
  readonly message: string;
  /** The command that mends it, or what to change; null when all is well. */
  readonly fix: string | null;
}

export function ok(check: string, message: string): Check {
  return { check, status: 'ok', message, fix: null };
}

export function warn(check: string, message: string, fix: string): Check {
  return { check, status: 'warn', message, fix };
}

export function fail(check: string, message: string, fix: string): Check {
  return { check, status: 'fail', message, fix };
}

/** The worst of all. */
export function worstStatus(checks: readonly Check[]): CheckStatus {
  if (checks.some(({ status }) => status === 'fail')) return 'fail';
  return checks.some(({ status }) => status === 'warn') ? 'warn' : 'ok';
}
