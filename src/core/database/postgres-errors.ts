import { ReferralError } from '../errors.ts';

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Is the server running, and are host and port right? See: referral config show --origin.',
  ENOTFOUND: 'Is the host name right? See: referral config show --origin.',
  EAI_AGAIN: 'The name server does not answer; try again, or use an IP address.',
  ETIMEDOUT: 'Is the server reachable from here? database.connect_timeout_ms sets how long to wait.',
  ENOENT: 'Is the folder of the socket right, and is the server running?',
  '28P01': 'Check the user and the password in the database URL.',
  '28000': "Check the user in the database URL and the server's pg_hba.conf.",
  '3D000': 'Create the database first, for example with: createdb NAME.',
  '53300': 'The server has no connection left; lower database.pool_max or raise max_connections.',
  '57P03': 'The server is starting or stopping; try again in a moment.',
};
const LOST = /^(08...|57P0[1-5]|ECONNRESET|EPIPE|ETIMEDOUT)$/;
const LOST_MESSAGE =
  /^Connection terminated|^Client has encountered a connection error|not queryable|timeout exceeded/;
/** What the server will not or can not do, though it is there. */
const REFUSED: Readonly<Record<string, string>> = {
  '53100': 'Free some space on the disk of the server, then run the command again.',
  '53200': 'The server has too little memory; try again when it has less to do.',
  '57014': 'Run the command again; database.statement_timeout_ms is how long one statement may take.',
  '25006':
    'Name the primary server and a role that may write: a standby can only be read, and so can some roles.',
};
const TLS = /certificate|self-signed|SSL|TLS|Hostname\/IP does not match/i;

/** Why a connection could not be made. The message carries no password: pg's errors never do, and the URL is shown without. */
export function connectionError(error: unknown, url: string): ReferralError {
  const code = errorCode(error) ?? '';
  const reason = describe(error);
  const tlsHint = TLS.test(reason)
    ? 'Give the authority with database.tls_ca_file, or choose another database.tls (verify, require, off).'
    : undefined;
  return new ReferralError('database_unreachable', `The database ${url} can't be reached`, {
    reason,
    hint: HINTS[code] ?? tlsHint ?? 'Check the database URL: referral config show --origin.',
    details: code === '' ? {} : { code },
    cause: error,
  });
}

/** A connection lost half-way, a full disk and the like as a `ReferralError`; anything else as it came. */
export function translatePostgresError(error: unknown, url: string): unknown {
  const hint = REFUSED[errorCode(error) ?? ''];
  if (hint !== undefined) {
    return new ReferralError('database_unreachable', `The database ${url} can't be used`, {
      reason: `${describe(error)}; what was not committed is undone`,
      hint,
      cause: error,
    });
  }
  const lost =
    LOST.test(errorCode(error) ?? '') || (error instanceof Error && LOST_MESSAGE.test(error.message));
  if (!lost) return error;
  return new ReferralError('database_unreachable', `The connection to ${url} was lost`, {
    reason: describe(error),
    hint: 'What was not committed is undone; run the command again.',
    cause: error,
  });
}

/** May the same transaction succeed when tried again? Serialization failure or deadlock. */
export function isRetryable(error: unknown): boolean {
  const code = errorCode(error);
  return code === '40001' || code === '40P01';
}

/** A conflict with other transactions that was not, or could not be, settled by trying again. */
export function conflictError(cause: unknown): ReferralError {
  return new ReferralError('locked', 'Another command was changing the same data', {
    reason: `${describe(cause)}; what this command did was undone`,
    hint: 'Run it again when the other one has ended.',
    cause,
  });
}

function describe(error: unknown): string {
  if (error instanceof AggregateError) {
    return [...new Set(error.errors.map((each) => describe(each)))].join('; ');
  }
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}

function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
