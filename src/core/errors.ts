/** The closed set of ways a command can fail; each maps to one exit code in `src/commands/_runtime/exit-codes.ts`. */
export type ErrorCode =
  | 'usage'
  | 'output_exists'
  | 'configuration_invalid'
  | 'secret_missing'
  | 'credential_missing'
  | 'credential_refused'
  | 'database_unreachable'
  | 'database_not_migrated'
  | 'database_newer'
  | 'input_unusable'
  | 'input_missing'
  | 'not_found'
  | 'state_forbids'
  | 'plan_changed'
  | 'quarantined'
  | 'already_exists'
  | 'confirmation_needed'
  | 'locked'
  | 'check_failed'
  | 'time_limit'
  | 'provider_unreachable'
  | 'provider_refused'
  | 'interrupted';

export interface ErrorContext {
  /** One line: why, or where (file, line, column). */
  readonly reason?: string;
  /** One line: what to do next, naming the command to type. */
  readonly hint?: string;
  /** Machine-readable facts for `--json`; never a secret, never personal data that the operator did not type. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The one error that is meant for people. Anything else that reaches the top is a bug in this program. */
export class ReferralError extends Error {
  readonly code: ErrorCode;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.name = 'ReferralError';
    this.code = code;
    this.reason = context.reason;
    this.hint = context.hint;
    this.details = context.details ?? {};
  }
}
