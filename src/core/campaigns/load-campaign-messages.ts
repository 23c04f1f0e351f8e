import type { Queries } from '../database/database.ts';
import type { Message } from '../delivery/transport.ts';
import { compileMessage } from '../templates/compile-message.ts';
import { templateSchema } from '../templates/template-document.ts';
import type { Campaign } from './campaign.ts';
import { findTemplateRow } from './campaign-queries.ts';

export interface CampaignMessages {
  readonly template: { readonly name: string; readonly version: number; readonly sha256: string };
  /** In the order of the campaign's variants. */
  readonly byVariant: ReadonlyMap<string, Message>;
  readonly preheader: string;
}

/** Compiles a campaign's saved template version, once per variant. */
export async function loadCampaignMessages(
  queries: Queries,
  campaign: Pick<Campaign, 'slug' | 'template_id' | 'subject' | 'variants'>,
): Promise<CampaignMessages> {
  const row = await findTemplateRow(queries, campaign.template_id);
  if (row === undefined) throw new Error(`campaign ${campaign.slug} points at a template that is not there`);
  const document = templateSchema.parse(JSON.parse(row.document));
  const byVariant = new Map<string, Message>();
  for (const variant of campaign.variants) {
    const subject = variant.subject ?? campaign.subject;
    const program = await compileMessage(document, subject === null ? {} : { subject });
    byVariant.set(variant.name, { campaign: campaign.slug, variant: variant.name, program });
  }
  const { name, version, sha256 } = row;
  return { template: { name, version, sha256 }, byVariant, preheader: document.preheader };
}

/** Every variable that these messages use, for loading no more than that. */
export function variablesOf(messages: Iterable<Message>): readonly string[] {
  return [...new Set([...messages].flatMap((message) => message.program.variables))];
}
