import type { OnDecided } from '../../core/conversions/evaluate-referrals.ts';
import { ReferralError } from '../../core/errors.ts';
import type { Context, Progress } from '../_runtime/context.ts';

/**
 * Shows how far work has come with deciding about the referrals of its contests. An interruption ends it: `work` has to be one transaction, or to do
 * the rest of it in one that is taken back then.
 */
export async function showDecided<T>(
  { progress: createProgress, signal }: Pick<Context, 'progress' | 'signal'>,
  work: (deciding: { readonly onDecided: OnDecided }) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  const onDecided: OnDecided = (decided, candidates) => {
    if (signal.aborted) throw interrupted();
    // Begun here: what came before is not part of the rate.
    progress ??= createProgress('deciding about referrals');
    progress.update(decided, candidates);
  };
  return work({ onDecided }).finally(() => progress?.stop());
}

function interrupted(): ReferralError {
  return new ReferralError('interrupted', 'The work was stopped; nothing was changed', {
    hint: 'Run the same command again.',
  });
}
