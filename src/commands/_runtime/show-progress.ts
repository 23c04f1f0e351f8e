import { ReferralError } from '../../core/errors.ts';
import type { OnProgress } from '../../core/progress.ts';
import type { Context, Progress } from './context.ts';

/**
 * Shows how far `work` has come. An interruption ends it the next time that it tells: it has to be one transaction, or do what it does not repeat
 * in one that is taken back then.
 */
export async function showProgress<T>(
  { progress: createProgress, signal }: Pick<Context, 'progress' | 'signal'>,
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  const onProgress: OnProgress = (done, total) => {
    if (signal.aborted) throw interrupted();
    // Begun here: what came before is not part of the rate.
    progress ??= createProgress(label);
    progress.update(done, total);
  };
  return work(onProgress).finally(() => progress?.stop());
}

function interrupted(): ReferralError {
  return new ReferralError('interrupted', 'The work was stopped; nothing was changed', {
    hint: 'Run the same command again.',
  });
}
