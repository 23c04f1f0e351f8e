/** One thing that was looked at before sending. What is refused stops `send`, a warning does not. */
export interface PlanCheck {
  readonly name: string;
  readonly result: 'passed' | 'warned' | 'refused';
  readonly ok: boolean;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do about it; null when it passed. */
  readonly fix: string | null;
}

export function passed(name: string, message: string, severity: PlanCheck['severity'] = 'error'): PlanCheck {
  return { name, result: 'passed', ok: true, severity, message, fix: null };
}

export function warned(name: string, message: string, fix: string): PlanCheck {
  return { name, result: 'warned', ok: false, severity: 'warning', message, fix };
}

export function refused(name: string, message: string, fix: string): PlanCheck {
  return { name, result: 'refused', ok: false, severity: 'error', message, fix };
}
