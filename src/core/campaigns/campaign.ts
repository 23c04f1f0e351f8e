import type { CampaignStatus } from '../database/tables.ts';
import type { ExperimentDesign } from '../experiments/design.ts';
import type { Instant } from '../time.ts';

/** A version of a template that is kept for a campaign. */
export interface TemplateVersion {
  readonly name: string;
  readonly version: number;
  readonly sha256: string;
}

/** One wording of a campaign; what is null or absent is the campaign's own, or its template's. */
export interface Variant {
  readonly name: string;
  readonly subject: string | null;
  readonly preheader?: string;
  readonly template?: TemplateVersion;
}

/** A campaign with its JSON columns read. */
export interface Campaign {
  readonly id: number;
  readonly slug: string;
  readonly contest_id: number;
  readonly contest: string;
  readonly template_id: number;
  readonly status: CampaignStatus;
  readonly subject: string | null;
  /** `--where` texts, joined by AND. */
  readonly audience: readonly string[];
  /** At least one. */
  readonly variants: readonly Variant[];
  readonly rate_per_second: number | null;
  readonly quiet_hours: string | null;
  readonly send_at: Instant | null;
  readonly plan_digest: string | null;
  readonly transport: string | null;
  readonly created_at: Instant;
  readonly submitted_at: Instant | null;
  readonly submitted_by: string | null;
  readonly approved_at: Instant | null;
  readonly approved_by: string | null;
  readonly review_note: string | null;
  readonly started_at: Instant | null;
  readonly finished_at: Instant | null;
  /** At most this many mails a day; null is no cap. */
  readonly daily_cap: number | null;
  /** `mon-fri 09:00-17:00`, in the recipient's time zone. */
  readonly send_window: string | null;
  /** How its variants are judged; null where there is nothing to judge. */
  readonly experiment: ExperimentDesign | null;
  /** Of the design, as it was when the campaign was created. */
  readonly experiment_sha256: string | null;
  /** Of 10,000 people who could be mailed, so many are held out; null is nobody. */
  readonly holdout_share: number | null;
  /** `bandit`: which variant somebody gets is drawn while sending; null: by a hash, in equal shares. */
  readonly allocation: 'bandit' | null;
  /** Is everyone mailed at their best hour? */
  readonly send_best: boolean;
}

/** The variant of a delivery that a bandit has not drawn yet. */
export const UNDRAWN = '';

/** The name of the only variant of a campaign without variants. */
export const DEFAULT_VARIANT = 'default';

const SLUG = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Is `text` a name that a campaign can have: lower-case letters, digits and hyphens, at most 63? */
export function isCampaignSlug(text: string): boolean {
  return SLUG.test(text);
}
