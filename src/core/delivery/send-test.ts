import type { Campaign } from '../campaigns/campaign.ts';
import { loadCampaignMessages } from '../campaigns/load-campaign-messages.ts';
import type { Queries } from '../database/database.ts';
import type { Random } from '../random.ts';
import { fillSlots } from '../templates/message-program.ts';
import type { Values } from '../templates/values.ts';
import type { Mail, Outcome, Transport } from './transport.ts';

export interface TestResult {
  readonly campaign: string;
  readonly accepted: number;
  readonly refused: number;
  readonly in_doubt: number;
  /** Why not, where not. */
  readonly errors: readonly string[];
}

/**
 * Sends every variant of a campaign to seed addresses, with `values` for everyone. Nothing is recorded as a delivery:
 * tests don't count in any figure, and their references match no event.
 */
export async function sendTest(
  queries: Queries,
  campaign: Campaign,
  addresses: readonly string[],
  values: Values,
  { transport, random }: { readonly transport: Transport; readonly random: Random },
): Promise<TestResult> {
  const { byVariant } = await loadCampaignMessages(queries, campaign);
  const outcomes: Outcome[] = [];
  // Above every key that a database gives out soon: the files of two tests don't replace each other.
  const first = Buffer.from(random.bytes(4)).readUInt32BE() * 1_000;
  for (const message of byVariant.values()) {
    const filled = fillSlots(message.program, values);
    const mails = addresses.map((email, index): Mail => {
      const deliveryId = first + outcomes.length + index;
      const unsubscribeUrl = String(values['unsubscribe_link'] ?? '');
      return { deliveryId, reference: `test-${deliveryId}`, email, unsubscribeUrl, filled };
    });
    const marked = { ...message, campaign: `${campaign.slug}-test` };
    outcomes.push(...(await transport.deliver(marked, mails)).outcomes);
  }
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  return {
    campaign: campaign.slug,
    accepted: count('accepted'),
    refused: count('refused') + count('unsent'),
    in_doubt: count('in_doubt'),
    errors: [...new Set(outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : [])))],
  };
}
