import type { PlanDependencies } from '../../core/campaigns/plan-campaign.ts';
import type { Context } from '../_runtime/context.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

/** Shows how far work that plans a campaign has come with deciding about everyone of its audience; see `showInterruptible`. */
export function showPlanning<T>(
  context: Pick<Context, 'progress' | 'signal'>,
  work: (planning: Required<Pick<PlanDependencies, 'onProgress'>>) => Promise<T>,
): Promise<T> {
  return showInterruptible(context, 'deciding about people', (onProgress) => work({ onProgress }));
}
