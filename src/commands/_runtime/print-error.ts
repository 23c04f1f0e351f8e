import type { Writable } from 'node:stream';
import { ReferralError } from '../../core/errors.ts';
import { exitCodeOf } from './exit-codes.ts';
import type { Palette } from './palette.ts';
import { plainText } from './plain-text.ts';

export interface ErrorReport {
  readonly exitCode: number;
  readonly text: string;
  readonly json: string;
}

/** What is said of an error: three lines for a person, one JSON line for a script. Anything but a `ReferralError` is a bug. */
export function reportError(error: unknown, runId: number | null, verbose: boolean): ErrorReport {
  const known = error instanceof ReferralError ? error : asKnownError(error);
  if (known === undefined) return reportBug(error, runId, verbose);
  const { code, message, reason, hint, details } = known;
  const lines = [`error: ${plainText(message)}`];
  if (reason !== undefined) lines.push(`  ${plainText(reason)}`);
  if (hint !== undefined) lines.push(`  ${plainText(hint)}`);
  const json = { code, message, reason: reason ?? null, hint: hint ?? null, details, run_id: runId };
  return { exitCode: exitCodeOf(code), text: lines.join('\n'), json: JSON.stringify({ error: json }) };
}

/** Errors of the machine that are nobody's bug. */
function asKnownError(error: unknown): ReferralError | undefined {
  // Ctrl-C at a question is a key to the prompt, not a signal to the process.
  if (error instanceof Error && error.name === 'ExitPromptError') {
    return new ReferralError('interrupted', 'Interrupted; nothing was done', {
      hint: 'Run the command again, or give the answers as flags.',
    });
  }
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') {
    return new ReferralError('state_forbids', 'The disk is full', {
      reason: message,
      hint: 'Free some space and run the command again: nothing of it was kept half-done.',
    });
  }
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    return new ReferralError('usage', 'A file or folder may not be used', {
      reason: message,
      hint: 'Check its permissions and owner.',
    });
  }
  if (code?.startsWith('SQLITE_BUSY') === true) {
    return new ReferralError('locked', 'The database is busy with the work of another process', {
      reason: message,
      hint: 'Run the command again when that has finished, or add --lock-wait 5m.',
    });
  }
  return undefined;
}

function reportBug(error: unknown, runId: number | null, verbose: boolean): ErrorReport {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && verbose ? (error.stack ?? '') : '';
  const hint = 'This is a bug: please report it with the command and the output of the same with --verbose.';
  return {
    exitCode: 1,
    text: [`error: ${plainText(message)}`, `  ${hint}`, ...(stack === '' ? [] : [stack])].join('\n'),
    json: JSON.stringify({
      error: { code: 'internal', message, reason: null, hint, details: {}, run_id: runId },
    }),
  };
}

/** Writes the report to stderr, without secrets. */
export function printError(
  report: ErrorReport,
  stream: Writable,
  json: boolean,
  { redact, palette }: { readonly redact: (text: string) => string; readonly palette: Palette },
): void {
  const text = json ? report.json : report.text.replace(/^error:/, palette.bad('error:'));
  stream.write(`${redact(text)}\n`);
}
