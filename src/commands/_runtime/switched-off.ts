import { ReferralError } from '../../core/errors.ts';
import type { Config } from '../../core/settings/config.ts';

/** What stands still while `enabled` is false: nobody is mailed, paid, enrolled or credited. Looking, stopping, suppressing and backing up go on. */
const STANDS_STILL: ReadonlySet<string> = new Set([
  'campaigns resume',
  'campaigns retry',
  'campaigns schedule',
  'campaigns send',
  'campaigns test',
  'codes generate',
  'contests enroll',
  'contests finalize',
  'contests launch',
  'contests resume',
  'conversions convert',
  'conversions import',
  'conversions track',
  'jobs run',
  'rewards compute',
  'rewards pay',
]);

/** Throws `state_forbids` when the configuration switches the referral program off and the command belongs to it. */
export function assertSwitchedOn({ enabled }: Config, command: string): void {
  if (enabled || !STANDS_STILL.has(command)) return;
  throw new ReferralError(
    'state_forbids',
    `"${command}" does nothing: the referral program is switched off`,
    {
      reason:
        'enabled is false in the configuration (REFERRAL_ENABLED, or ENABLE_REFERRAL_SYSTEM of an earlier system)',
      hint: 'See where it comes from: referral config show --origin',
      details: { command, enabled },
    },
  );
}
