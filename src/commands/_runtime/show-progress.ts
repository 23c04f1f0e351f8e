import { ReferralError } from '../../core/errors.ts';
import type { OnProgress } from '../../core/progress.ts';
import type { Context, Progress } from './context.ts';

/** Shows how far `work` has come, from the first time that it tells until it ends. */
export async function showProgress<T>(
  { progress: createProgress }: Pick<Context, 'progress'>,
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  const onProgress: OnProgress = (done, total) => {
    // Begun here: what came before is not part of the rate.
    progress ??= createProgress(label);
    progress.update(done, total);
  };
  return work(onProgress).finally(() => progress?.stop());
}

/**
 * As `showProgress`. An interruption ends the work the next time that it tells: it has to be one transaction, or do what it does not repeat in one
 * that is taken back then.
 */
export function showInterruptible<T>(
  context: Pick<Context, 'progress' | 'signal'>,
  label: string,
  work: (onProgress: OnProgress) => Promise<T>,
): Promise<T> {
  return showProgress(context, label, (onProgress) =>
    work((done, total) => {
      if (context.signal.aborted) throw interrupted();
      onProgress(done, total);
    }),
  );
}

function interrupted(): ReferralError {
  return new ReferralError('interrupted', 'The work was stopped; nothing was changed', {
    hint: 'Run the same command again.',
  });
}
