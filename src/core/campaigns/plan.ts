import { createHash } from 'node:crypto';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { UNDRAWN, type Variant } from './campaign.ts';

/** Why somebody of the audience is not mailed; in the order in which they are looked for. */
export const EXCLUSION_REASONS = [
  'erased',
  'invalid_address',
  'suppressed',
  'withdrawn',
  'no_consent',
  'not_participant',
  'duplicate_address',
  'frequency_cap',
  'missing_value',
  'holdout',
] as const;

export type ExclusionReason = (typeof EXCLUSION_REASONS)[number];

/** What a plan binds beside its people; a change of any of it is a changed plan. */
export interface PlanBasis {
  readonly campaign: string;
  readonly contest: string;
  readonly rules_sha256: string;
  readonly template: { readonly name: string; readonly version: number; readonly sha256: string };
  readonly subject: string | null;
  readonly variants: readonly Variant[];
  readonly audience: readonly string[];
  readonly quiet_hours: string | null;
  readonly send_window?: string;
  readonly experiment_sha256?: string;
  /** Of 10,000. */
  readonly holdout_share?: number;
  readonly allocation?: 'bandit';
  readonly send_at?: 'best';
  /** Sender, postal address and link bases as they go into every mail. */
  readonly sender: Readonly<Record<string, string | null>>;
}

export interface PlanTotals {
  readonly audience: number;
  readonly recipients: number;
  readonly excluded: Readonly<Partial<Record<ExclusionReason, number>>>;
  /** How many get each; null where a bandit draws it while sending. */
  readonly variants: readonly { readonly name: string; readonly recipients: number | null }[];
  /** SHA-256 over the canonical JSON of the basis, the totals and the two lists of people. */
  readonly digest: string;
}

export interface PlanBuilder {
  /** Call in the order of `customer_id` by bytes, once per person of the audience; `chosenBy` where the template asks for segments or scores. */
  include(customerId: string, addressKey: string, variant: string, chosenBy?: string): void;
  exclude(customerId: string, reason: ExclusionReason): void;
  finish(): PlanTotals;
}

const HASHED_AT_ONCE = 65_536;

// SHA-256 of texts one after the other; a call for each of a million costs more than the hashing.
function createTextHash(): { update(text: string): void; digest(): string } {
  const hash = createHash('sha256');
  let pending = '';
  return {
    update(text) {
      pending += text;
      if (pending.length < HASHED_AT_ONCE) return;
      hash.update(pending);
      pending = '';
    },
    digest: () => hash.update(pending).digest('hex'),
  };
}

/** Counts and hashes an audience as it streams by, so that a plan of a million people needs no list of them. */
export function createPlanBuilder(basis: PlanBasis): PlanBuilder {
  const recipientsHash = createTextHash();
  const excludedHash = createTextHash();
  const excluded = new Map<ExclusionReason, number>();
  const variants = new Map(basis.variants.map((variant) => [variant.name, 0]));
  let recipients = 0;
  return {
    include(customerId, addressKey, variant, chosenBy) {
      recipients += 1;
      if (variant !== UNDRAWN) variants.set(variant, (variants.get(variant) ?? 0) + 1);
      const who = [customerId, addressKey, variant, ...(chosenBy === undefined ? [] : [chosenBy])];
      recipientsHash.update(`${JSON.stringify(who)}\n`);
    },
    exclude(customerId, reason) {
      excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
      excludedHash.update(`${JSON.stringify([customerId, reason])}\n`);
    },
    finish() {
      const counts = Object.fromEntries(
        EXCLUSION_REASONS.flatMap((reason) => {
          const count = excluded.get(reason);
          return count === undefined ? [] : [[reason, count]];
        }),
      );
      const left = [...excluded.values()].reduce((sum, count) => sum + count, 0);
      const totals = {
        audience: recipients + left,
        recipients,
        excluded: counts,
        variants: [...variants].map(([name, count]) => ({
          name,
          recipients: basis.allocation === undefined ? count : null,
        })),
      };
      const people = {
        recipients_sha256: recipientsHash.digest(),
        excluded_sha256: excludedHash.digest(),
      };
      return { ...totals, digest: sha256(canonicalJson({ ...basis, ...totals, ...people })) };
    },
  };
}
