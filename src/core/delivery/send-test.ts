import type { Campaign } from '../campaigns/campaign.ts';
import { loadCampaignMessages } from '../campaigns/load-campaign-messages.ts';
import type { Queries } from '../database/database.ts';
import type { Random } from '../random.ts';
import { fillSlots } from '../templates/message-program.ts';
import type { Values } from '../templates/values.ts';
import { testReference } from './test-reference.ts';
import type { Mail, Message, Outcome, Transport } from './transport.ts';

export interface TestResult {
  readonly campaign: string;
  readonly accepted: number;
  readonly refused: number;
  readonly in_doubt: number;
  /** Why not, where not. */
  readonly errors: readonly string[];
}

/**
 * Sends every variant of a campaign to seed addresses, with `values` for everyone. The subject says that it is a test,
 * and which variant. Nothing is recorded as a delivery, and `events import` leaves out what is reported of tests.
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
      return { deliveryId, reference: testReference(deliveryId), email, unsubscribeUrl, filled };
    });
    const marked = markMessage(message, campaign.variants.length > 1);
    outcomes.push(...(await transport.deliver(marked, mails)).outcomes);
  }
  return resultOf(campaign.slug, outcomes);
}

/** The message with what tells a test from a mail in its subject, and a campaign's name of its own. */
function markMessage(message: Message, namesVariant: boolean): Message {
  const { program, variant } = message;
  const [first = '', ...others] = program.subject.statics;
  const tag = namesVariant ? `[Test ${variant}] ` : '[Test] ';
  const subject = { ...program.subject, statics: [tag + first, ...others] };
  return { ...message, campaign: `${message.campaign}-test`, program: { ...program, subject } };
}

function resultOf(campaign: string, outcomes: readonly Outcome[]): TestResult {
  const count = (kind: Outcome['kind']): number => outcomes.filter((outcome) => outcome.kind === kind).length;
  return {
    campaign,
    accepted: count('accepted'),
    refused: count('refused') + count('unsent'),
    in_doubt: count('in_doubt'),
    errors: [...new Set(outcomes.flatMap((outcome) => ('error' in outcome ? [outcome.error] : [])))],
  };
}
