import { type ErrorCode, ReferralError } from './errors.ts';

/** An error on its way from one thread to another, where nothing of its class would arrive. */
export interface ThreadError {
  /** Undefined for a bug. */
  readonly code: ErrorCode | undefined;
  /** Of a bug, its stack. */
  readonly message: string;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
}

/** What there is to tell of an error. */
export function packError(error: unknown): ThreadError {
  if (error instanceof ReferralError) {
    const { code, message, reason, hint, details } = error;
    return { code, message, reason, hint, details };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: undefined, message, reason: undefined, hint: undefined, details: {} };
}

/** The error that was told. */
export function unpackError({ code, message, reason, hint, details }: ThreadError): Error {
  if (code === undefined) return new Error(message);
  return new ReferralError(code, message, {
    ...(reason === undefined ? {} : { reason }),
    ...(hint === undefined ? {} : { hint }),
    details,
  });
}
