import type { OnRewarded } from '../../core/rewards/compute-rewards.ts';
import type { Context, Progress } from '../_runtime/context.ts';

/** Shows how far work has come that computes rewards. */
export async function showRewarded<T>(
  { progress: createProgress }: Pick<Context, 'progress'>,
  work: (rewarding: { readonly onRewarded: OnRewarded }) => Promise<T>,
): Promise<T> {
  let progress: Progress | undefined;
  let rewards = 0;
  const onRewarded: OnRewarded = (more) => {
    rewards += more;
    // Begun here: what came before is not part of the rate.
    progress ??= createProgress('computing rewards');
    progress.update(rewards);
  };
  return work({ onRewarded }).finally(() => progress?.stop());
}
