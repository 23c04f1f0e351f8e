import type { OnDecided } from '../../core/conversions/evaluate-referrals.ts';
import type { Context } from '../_runtime/context.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

/** Shows how far work has come with deciding about the referrals of its contests; see `showInterruptible`. */
export function showDecided<T>(
  context: Pick<Context, 'progress' | 'signal'>,
  work: (deciding: { readonly onDecided: OnDecided }) => Promise<T>,
): Promise<T> {
  return showInterruptible(context, 'deciding about referrals', (onDecided) => work({ onDecided }));
}
