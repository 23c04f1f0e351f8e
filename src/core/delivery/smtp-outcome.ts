import type { Halt, Outcome } from './transport.ts';

/** What nodemailer says when a mail was not accepted. */
export interface SmtpFailure {
  readonly message: string;
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
}

export interface SmtpVerdict {
  readonly outcome: Outcome;
  readonly halt?: Halt;
}

/**
 * What a failure means for the mail in hand (RFC 5321 4.2). `bodyStarted`: the server had asked for the body and we had
 * begun to write it; a connection that breaks after that point leaves a doubt, before it none.
 */
export function readSmtpFailure(failure: SmtpFailure, bodyStarted: boolean): SmtpVerdict {
  const { code, command, responseCode } = failure;
  const error = failure.message.slice(0, 500);
  const unsent = (countsAsAttempt: boolean): Outcome => ({ kind: 'unsent', error, countsAsAttempt });
  if (code === 'EAUTH')
    return { outcome: unsent(false), halt: { kind: 'credential_refused', reason: error } };
  if (code === 'ETLS') return { outcome: unsent(false), halt: { kind: 'unreachable', reason: error } };
  // A server that says 421 and hangs up is a broken connection to the library.
  const isGoodbye = responseCode === 421 && !bodyStarted;
  const isAnswer = code === 'EENVELOPE' || code === 'EMESSAGE' || isGoodbye;
  if (!isAnswer || responseCode === undefined) {
    if (bodyStarted) return { outcome: { kind: 'in_doubt', error } };
    // An address that can't be written in SMTP is refused by the library itself, before anything is sent.
    if (code === 'EENVELOPE') return { outcome: { kind: 'refused', error } };
    return { outcome: unsent(false), halt: { kind: 'unreachable', reason: error } };
  }
  if (responseCode === 421) {
    return { outcome: unsent(false), halt: { kind: 'wait', milliseconds: 2_000, reason: error } };
  }
  if (responseCode < 500) return { outcome: unsent(true) };
  // A refused sender is nobody's address: it would refuse the whole list.
  if (command === 'MAIL FROM')
    return { outcome: unsent(false), halt: { kind: 'provider_refused', reason: error } };
  return { outcome: { kind: 'refused', error } };
}
