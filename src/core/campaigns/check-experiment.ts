import type { Campaign } from './campaign.ts';
import { type PlanCheck, passed, warned } from './plan-check.ts';

/** Has each variant the customers that the experiment was planned with? None where no size was planned. */
export function checkExperiment(
  { slug, experiment, variants, allocation }: Campaign,
  recipients: number,
): readonly PlanCheck[] {
  const planned = experiment?.per_variant ?? null;
  if (planned === null || allocation === 'bandit' || variants.length < 2) return [];
  const has = Math.floor(recipients / variants.length);
  if (has >= planned) return [passed('experiment', `${has} customers for each variant, planned ${planned}`)];
  const end =
    experiment?.mode === 'fixed' ? 'it will have no winner' : 'it may find no winner where there is one';
  return [
    warned(
      'experiment',
      `each variant gets some ${has} of the ${planned} customers that were planned: ${end}`,
      `See what so many can show: referral experiments power ${slug}`,
    ),
  ];
}
