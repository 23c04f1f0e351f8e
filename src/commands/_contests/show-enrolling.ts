import type { EnrolDependencies } from '../../core/contests/launch-contest.ts';
import type { Context } from '../_runtime/context.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

/** Shows how far work has come that enrols people and gives them codes; see `showInterruptible`. */
export function showEnrolling<T>(
  context: Pick<Context, 'progress' | 'signal'>,
  work: (enrolling: Required<Pick<EnrolDependencies, 'onEnrolled' | 'onCodes'>>) => Promise<T>,
): Promise<T> {
  return showInterruptible(context, 'enrolling customers', (onEnrolled) =>
    showInterruptible(context, 'giving codes', (onCodes) => work({ onEnrolled, onCodes })),
  );
}
