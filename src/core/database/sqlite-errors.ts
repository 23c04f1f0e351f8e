import { ReferralError } from '../errors.ts';

const REASONS: Readonly<Record<string, string>> = {
  SQLITE_NOTADB: 'the file is not a SQLite database',
  SQLITE_CORRUPT: 'the file is damaged',
  SQLITE_FULL: 'the disk is full',
  SQLITE_READONLY: 'the file or its folder is not writable',
  SQLITE_PERM: 'the file may not be accessed',
  SQLITE_CANTOPEN: 'the file can not be opened; does its folder exist and may it be written?',
  SQLITE_IOERR: 'reading or writing the file failed',
};

/** An error of SQLite that a person can mend as a `ReferralError`; anything else as it came. */
export function translateSqliteError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return new ReferralError('locked', `The database ${file} is busy`, {
      reason: 'another process has been writing to it for half a minute',
      hint: 'Wait for the other command to end, then run this one again.',
      cause: error,
    });
  }
  const primary = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
  const reason = REASONS[primary];
  if (reason === undefined) return error;
  return new ReferralError('database_unreachable', `The database ${file} can't be used`, {
    reason,
    hint:
      primary === 'SQLITE_NOTADB' || primary === 'SQLITE_CORRUPT'
        ? 'Name another file with --database sqlite:FILE, or restore a backup: referral backup list.'
        : 'Mend that, or name another file with --database sqlite:FILE.',
    cause: error,
  });
}

/** `SQLITE_BUSY` and the like, or undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : undefined;
}
