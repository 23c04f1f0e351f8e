import { changeCampaign, type ReviewedAction } from '../../core/campaigns/change-campaign.ts';
import { getCampaign } from '../../core/campaigns/get-campaign.ts';
import { countCampaign } from '../../core/delivery/count-campaign.ts';
import type { Context } from '../_runtime/context.ts';
import type { Result } from '../_runtime/result.ts';
import { showPlanning } from './show-planning.ts';

/** Takes one step of a campaign's life, and says where it stands. Cancelling asks first. */
export async function runChange(
  context: Context,
  slug: string,
  action: ReviewedAction,
  note: string | undefined,
): Promise<Result> {
  const { clock, globals } = context;
  const config = await context.config();
  return context.usingRun(async (database, run) => {
    const keyring = await context.keyring(database);
    const change = (dryRun: boolean) =>
      showPlanning(context, (planning) => {
        const dependencies = { database, clock, config, keyring, run, dryRun, ...planning };
        return changeCampaign(slug, action, note ?? null, dependencies);
      });
    if (action === 'cancel' && !globals.dryRun) {
      // Existence and state are told before anybody is asked.
      await change(true);
      const { id } = await getCampaign(database.queries, slug);
      const { pending } = await countCampaign(database.queries, id);
      const question = `Cancel campaign "${slug}", with ${pending} mails still pending?`;
      await context.confirm({ question, name: slug, people: pending });
    }
    return { kind: 'object', data: { ...(await change(globals.dryRun)), dry_run: globals.dryRun } };
  });
}
