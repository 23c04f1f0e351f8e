import type { PlanDependencies } from '../../core/campaigns/plan-campaign.ts';
import type { Context } from '../_runtime/context.ts';

/** Shows how far work that plans a campaign has come with deciding about everyone of its audience. */
export function showDeciding<T>(
  { progress: createProgress }: Pick<Context, 'progress'>,
  work: (deciding: Required<Pick<PlanDependencies, 'onProgress'>>) => Promise<T>,
): Promise<T> {
  const progress = createProgress('deciding about people');
  return work({ onProgress: progress.update }).finally(() => progress.stop());
}
