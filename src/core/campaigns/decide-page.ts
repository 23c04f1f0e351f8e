import type { Queries } from '../database/database.ts';
import type { FindSuppressed } from '../suppressions/find-suppressed.ts';
import { writeChosenBy } from '../templates/asked-segments.ts';
import type { MailSize } from '../templates/measure-mail.ts';
import type { RecipientReader } from '../templates/recipient-values.ts';
import type { Values } from '../templates/values.ts';
import { isHeldOut } from './assign-holdout.ts';
import { assignVariant } from './assign-variant.ts';
import type { AudienceMember } from './audience-queries.ts';
import { type Campaign, UNDRAWN } from './campaign.ts';
import type { ExclusionReason } from './plan.ts';

/** Someone who would be mailed. */
export interface PlannedRecipient {
  readonly customer_ref: number;
  readonly email: string;
  readonly address_key: string;
  readonly variant: string;
  /** Segments and scores that the template asks for, as canonical JSON; absent where it asks for none. */
  readonly chosen_by?: string;
}

/** Someone whom nothing about the customer excludes. */
interface Mailable {
  readonly recipient: PlannedRecipient;
  readonly isHeldOut: boolean;
}

/** What all pages of an audience share. */
export interface AudienceScope {
  readonly campaign: Campaign;
  readonly findSuppressed: FindSuppressed;
  /** By variant. */
  readonly meters: ReadonlyMap<string, (values: Values) => MailSize>;
  readonly reader: RecipientReader;
  /** Does a template of the campaign ask for segments or scores? */
  readonly asksSegments: boolean;
  /** Address keys that several customers have. */
  readonly shared: ReadonlySet<string>;
  /** Those of them that somebody has been included with. */
  readonly taken: Set<string>;
  /** Which of these address keys the frequency cap leaves out. */
  readonly findMailedOften: (addressKeys: readonly string[]) => Promise<ReadonlySet<string>>;
}

/** What was decided about one person of the audience. */
export type Decision =
  | {
      readonly customer_id: string;
      readonly reason: ExclusionReason;
      readonly missing?: readonly string[];
      /** Who is held out. */
      readonly customer_ref?: number;
    }
  | {
      readonly customer_id: string;
      readonly recipient: PlannedRecipient;
      readonly values: Values;
      readonly size: MailSize;
    };

/**
 * Decides about a page of the audience, in its order; the first reason that holds is the one that counts. What has to be read for that is read
 * at once, each decision is taken when it is asked for.
 */
export async function decidePage(
  queries: Queries,
  page: readonly AudienceMember[],
  scope: AudienceScope,
): Promise<Iterable<Decision>> {
  const keys = page.map(({ address_key }) => address_key).filter((key) => key !== null);
  const suppressed = await scope.findSuppressed(keys);
  const judged: Judged[] = page.map((member) => ({
    member,
    verdict: judge(member, suppressed, scope.campaign),
  }));
  const mailable: AudienceMember[] = [];
  const mailedKeys: string[] = [];
  for (const { member, verdict } of judged) {
    if (typeof verdict === 'string') continue;
    mailable.push(member);
    mailedKeys.push(verdict.recipient.address_key);
  }
  const valuesOf = await scope.reader.read(queries, mailable);
  const mailedOften = await scope.findMailedOften(mailedKeys);
  return decideEach(judged, valuesOf, mailedOften, scope);
}

interface Judged {
  readonly member: AudienceMember;
  readonly verdict: Mailable | ExclusionReason;
}

function* decideEach(
  judged: readonly Judged[],
  valuesOf: (member: AudienceMember) => Values,
  mailedOften: ReadonlySet<string>,
  scope: AudienceScope,
): Generator<Decision> {
  for (const { member, verdict } of judged) {
    const { customer_id } = member;
    if (typeof verdict === 'string') yield { customer_id, reason: verdict };
    else if (scope.taken.has(verdict.recipient.address_key))
      yield { customer_id, reason: 'duplicate_address' };
    else if (mailedOften.has(verdict.recipient.address_key)) yield { customer_id, reason: 'frequency_cap' };
    else yield admit(customer_id, verdict, valuesOf(member), scope);
  }
}

/** What can be told from the customer alone. Someone who unsubscribed is `suppressed`. */
function judge(
  member: AudienceMember,
  suppressed: ReadonlySet<string>,
  campaign: Campaign,
): Mailable | ExclusionReason {
  const { email, address_key, consent } = member;
  if (member.erased_at !== null) return 'erased';
  if (email === null || address_key === null) return 'invalid_address';
  if (suppressed.has(address_key)) return 'suppressed';
  if (consent === 'withdrawn') return 'withdrawn';
  if (consent !== 'granted') return 'no_consent';
  if (member.is_participant === 0) return 'not_participant';
  const { slug, holdout_share } = campaign;
  return {
    recipient: {
      customer_ref: member.id,
      email,
      address_key,
      variant: variantOf(campaign, member.customer_id),
    },
    isHeldOut: holdout_share !== null && isHeldOut(slug, member.customer_id, holdout_share),
  };
}

function variantOf({ slug, variants, allocation }: Campaign, customerId: string): string {
  if (allocation === 'bandit') return UNDRAWN;
  return variants[assignVariant(slug, customerId, variants.length)]?.name ?? '';
}

// Of several customers with one mailbox, the first by customer_id who can be mailed is, or is held out for all of them.
function admit(
  customer_id: string,
  { recipient, isHeldOut: leavesOut }: Mailable,
  values: Values,
  { meters, shared, taken, asksSegments }: AudienceScope,
): Decision {
  const { address_key } = recipient;
  const size = measureMail(meters, recipient.variant, values);
  if (size === undefined) return { customer_id, reason: 'missing_value', missing: ['customer_id'] };
  if (size.missing.length > 0) return { customer_id, reason: 'missing_value', missing: size.missing };
  if (shared.has(address_key)) taken.add(address_key);
  if (leavesOut) return { customer_id, reason: 'holdout', customer_ref: recipient.customer_ref };
  const chosen = asksSegments ? { ...recipient, chosen_by: writeChosenBy(values) } : recipient;
  return { customer_id, recipient: chosen, values, size };
}

/** The mail of a variant; where it is not drawn yet the largest that it may be, with all that any of them lacks. */
function measureMail(meters: AudienceScope['meters'], variant: string, values: Values): MailSize | undefined {
  if (variant !== UNDRAWN) return meters.get(variant)?.(values);
  const sizes = [...meters.values()].map((measure) => measure(values));
  if (sizes.length === 0) return undefined;
  return {
    html: Math.max(...sizes.map(({ html }) => html)),
    message: Math.max(...sizes.map(({ message }) => message)),
    hasDeadLink: sizes.some(({ hasDeadLink }) => hasDeadLink),
    missing: [...new Set(sizes.flatMap(({ missing }) => missing))],
  };
}
