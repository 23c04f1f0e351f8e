import type { RewardType } from '../database/tables.ts';

/** The name of a milestone's rule: `rewards.milestones.5.badge`. */
export function milestoneRule(milestone: { readonly at: number; readonly type: RewardType }): string {
  return `rewards.milestones.${milestone.at}.${milestone.type}`;
}
