import type { Queries } from '../database/database.ts';
import type { Message } from '../delivery/transport.ts';
import { compileMessage } from '../templates/compile-message.ts';
import { getTemplate } from '../templates/find-template.ts';
import { type TemplateDocument, templateSchema } from '../templates/template-document.ts';
import type { Campaign, TemplateVersion, Variant } from './campaign.ts';
import { findTemplateRow } from './campaign-queries.ts';

export interface CampaignMessages {
  readonly template: TemplateVersion;
  /** In the order of the campaign's variants. */
  readonly byVariant: ReadonlyMap<string, Message>;
  /** The subject and preheader of each variant, as written, slots and all. */
  readonly wordings: ReadonlyMap<string, { readonly subject: string; readonly preheader: string }>;
}

/** Compiles a campaign's saved template version, once per variant. */
export async function loadCampaignMessages(
  queries: Queries,
  campaign: Pick<Campaign, 'slug' | 'template_id' | 'subject' | 'variants'>,
): Promise<CampaignMessages> {
  const row = await findTemplateRow(queries, campaign.template_id);
  if (row === undefined) throw new Error(`campaign ${campaign.slug} points at a template that is not there`);
  const ownTemplate = templateSchema.parse(JSON.parse(row.document));
  const byVariant = new Map<string, Message>();
  const wordings = new Map<string, { subject: string; preheader: string }>();
  for (const variant of campaign.variants) {
    const { name: label, template } = variant;
    const document =
      template === undefined
        ? ownTemplate
        : await getTemplate(queries, `${template.name}@${template.version}`);
    const wording = wordingOf(variant, campaign.subject, document);
    const program = await compileMessage(document, wording);
    byVariant.set(label, { campaign: campaign.slug, variant: label, program });
    wordings.set(label, wording);
  }
  const { name, version, sha256 } = row;
  return { template: { name, version, sha256 }, byVariant, wordings };
}

/** The subject and preheader of a variant: its own, else the campaign's, else those of its template. */
export function wordingOf(
  { subject, preheader }: Pick<Variant, 'subject' | 'preheader'>,
  campaignSubject: string | null,
  document: TemplateDocument,
): { readonly subject: string; readonly preheader: string } {
  return {
    subject: subject ?? campaignSubject ?? document.subject,
    preheader: preheader ?? document.preheader,
  };
}

/** Every variable that these messages use, for loading no more than that. */
export function variablesOf(messages: Iterable<Message>): readonly string[] {
  return [...new Set([...messages].flatMap((message) => message.program.variables))];
}
