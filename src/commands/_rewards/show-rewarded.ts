import type { OnRewarded } from '../../core/rewards/compute-rewards.ts';
import type { Context } from '../_runtime/context.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

/** Shows how far work has come that computes rewards; see `showInterruptible`. */
export function showRewarded<T>(
  context: Pick<Context, 'progress' | 'signal'>,
  work: (rewarding: { readonly onRewarded: OnRewarded }) => Promise<T>,
): Promise<T> {
  return showInterruptible(context, 'computing rewards', (onProgress) => {
    let rewards = 0;
    return work({
      onRewarded(more) {
        rewards += more;
        onProgress(rewards);
      },
    });
  });
}
