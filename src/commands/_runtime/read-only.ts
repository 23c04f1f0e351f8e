import { ReferralError } from '../../core/errors.ts';

/** A command that changes something was typed where nothing may be changed. */
export function readOnlyError(command: string): ReferralError {
  return new ReferralError(
    'state_forbids',
    `"${command}" changes something, and the database is open for reading only`,
    {
      reason: 'by --read-only, or by database.read_only of the configuration',
      hint: 'Leave that away to change something; see: referral config show --origin',
      details: { command },
    },
  );
}
