import type { ErrorCode } from '../../core/errors.ts';

const EXIT_CODES: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  output_exists: 2,
  time_limit: 3,
  credential_missing: 4,
  credential_refused: 4,
  not_found: 5,
  check_failed: 6,
  database_not_migrated: 10,
  database_newer: 10,
  locked: 11,
  configuration_invalid: 12,
  secret_missing: 12,
  database_unreachable: 13,
  input_unusable: 14,
  input_missing: 14,
  provider_unreachable: 15,
  provider_refused: 15,
  confirmation_needed: 16,
  state_forbids: 17,
  already_exists: 17,
  plan_changed: 17,
  quarantined: 17,
  interrupted: 130,
};

/** What each exit code means, for the help texts and `docs/exit-codes.md`. */
export const EXIT_CODE_MEANINGS: Readonly<Record<number, string>> = {
  0: 'done',
  1: 'a bug in this program',
  2: 'wrong usage',
  3: 'done in part: some rows or recipients were refused, or are in doubt',
  4: 'a credential is missing or refused',
  5: 'no such contest, campaign, customer …',
  6: 'a check found something',
  10: 'the database is not migrated, or is newer than this program',
  11: 'another run holds the lock',
  12: 'the configuration is wrong',
  13: "the database can't be reached",
  14: "the input can't be used at all; nothing was changed",
  15: "the mail provider or a remote store can't be reached or refuses",
  16: 'a confirmation is needed and none was given; nothing was done',
  17: 'the state forbids it',
  130: 'interrupted by Ctrl-C',
  143: 'interrupted by SIGTERM',
};

/** The exit code of an error. */
export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code];
}
