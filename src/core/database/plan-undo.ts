import { ReferralError } from '../errors.ts';

/**
 * Which of the applied migrations to undo, newest first: those after `to`, all of them when it is `none`, the newest one
 * when it is absent. Throws `not_found`.
 */
export function planUndo(applied: readonly string[], to: string | undefined): string[] {
  if (to === undefined) return applied.slice(-1);
  if (to === 'none') return applied.toReversed();
  const index = applied.indexOf(to);
  if (index !== -1) return applied.slice(index + 1).toReversed();
  throw new ReferralError('not_found', `No applied migration is called ${to}`, {
    reason: `applied are: ${applied.join(', ') || 'none'}`,
    hint: 'See: referral migrate status. --to none undoes all of them.',
  });
}
