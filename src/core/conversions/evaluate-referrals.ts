import type { Run } from '../audit/run.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Contest } from '../contests/get-contest.ts';
import type { Queries } from '../database/database.ts';
import { refreshStatistics } from '../database/refresh-statistics.ts';
import { type OnProgress, tellProgress } from '../progress.ts';
import type { Instant } from '../time.ts';
import { isLive } from './decide-referral.ts';
import type { FraudFinding } from './find-fraud.ts';
import { type PlannedRow, planReferrals } from './plan-referrals.ts';
import { beginReferralLoad, type ReferralLoad } from './referral-load-queries.ts';
import {
  demoteOtherReferrals,
  hasAnyReferral,
  insertReferrals,
  type ReferralRow,
  upsertReferrals,
} from './referral-queries.ts';
import { remainingAmount } from './referral-value.ts';

/** From so many candidates on, an empty table is loaded in one go. */
const LARGE = 4_000;
const EVIDENCE_KEPT = 1_000;

export interface Evaluation {
  /** Referrals that are new. */
  readonly created: number;
  /** Referrals whose status, people or amount changed. */
  readonly changed: number;
}

/** Hears, page by page, how many of the bookings that may be referrals are decided. */
export type OnDecided = OnProgress;

/** What work needs that changes something by which referrals are decided. */
export interface DecidingDependencies {
  readonly clock: Clock;
  readonly run: Run;
  readonly onDecided?: OnDecided | undefined;
}

export interface EvaluationWatch extends Pick<DecidingDependencies, 'onDecided'> {
  /** Hears of every booking that is a referral of the contest afterwards. */
  readonly onCredited?: (bookingId: number) => void;
}

/** Decides every referral of a contest anew from its bookings (see `planReferrals`) and writes what differs. */
export async function evaluateReferrals(
  queries: Queries,
  contest: Contest,
  now: Instant,
  { onCredited, onDecided }: EvaluationWatch = {},
): Promise<Evaluation> {
  let created = 0;
  let changed = 0;
  let decided = 0;
  let candidates = 0;
  const isFirst = !(await hasAnyReferral(queries));
  let load: ReferralLoad | undefined;
  const isSameEvidence = createEvidenceComparer();
  const pages = planReferrals(queries, contest, now, (counted) => {
    candidates = counted;
  });
  for await (const page of pages) {
    if (isFirst && candidates >= LARGE) load ??= await beginReferralLoad(queries, contest.id, now);
    const { fresh, known } = sortOut(page);
    created += fresh.length;
    changed += known.length;
    if (load === undefined) await writeReferrals(queries, contest.id, { fresh, known, now });
    else await load.add(fresh);
    decided += page.length;
    await tellProgress(onDecided, decided, candidates);
  }
  await load?.finish();
  await refreshStatistics(queries, created, ['referrals']);
  return { created, changed };

  function sortOut(page: readonly PlannedRow[]): Pick<Decided, 'fresh' | 'known'> {
    const fresh: ReferralRow[] = [];
    const known: ReferralRow[] = [];
    for (const { row, attribution, planned } of page) {
      const referral = toReferral(contest.id, { row, attribution, planned }, now);
      if (referral === undefined) continue;
      onCredited?.(row.booking_id);
      if (typeof row.referral_id !== 'number') fresh.push(referral);
      else if (!isSame(row, referral, isSameEvidence)) known.push(referral);
    }
    return { fresh, known };
  }
}

interface Decided {
  readonly fresh: readonly ReferralRow[];
  readonly known: readonly ReferralRow[];
  readonly now: Instant;
}

// A friend's place is freed before it is taken again; new referrals get their ids in booking order.
async function writeReferrals(
  queries: Queries,
  contestId: number,
  { fresh, known, now }: Decided,
): Promise<void> {
  const live = [...fresh, ...known].filter((row) => isLive(row.status));
  await demoteOtherReferrals(queries, contestId, live, now);
  await upsertReferrals(
    queries,
    known.filter((row) => !isLive(row.status)),
  );
  await upsertReferrals(
    queries,
    known.filter((row) => isLive(row.status)),
  );
  await insertReferrals(queries, fresh);
}

function toReferral(
  contestId: number,
  { row, attribution, planned }: PlannedRow,
  now: Instant,
): ReferralRow | undefined {
  const { status, reason, hold_until, since, fraud, value } = planned;
  const codeId = attribution?.code_id ?? row.referral_code_id ?? null;
  const referrerRef = attribution?.referrer_ref ?? row.referral_referrer_ref ?? null;
  if (codeId === null || referrerRef === null) return undefined;
  return {
    contest_id: contestId,
    booking_id: row.booking_id,
    code_id: codeId,
    referrer_ref: referrerRef,
    friend_ref: row.friend_ref,
    status,
    reason,
    evidence: toEvidence(attribution?.by ?? 'none', fraud, value?.rate),
    amount_minor: value?.remaining_minor ?? remainingAmount(row),
    gross_minor: value?.rate === undefined ? null : value.amount_minor,
    currency: value?.currency ?? row.currency,
    booked_at: row.booked_at,
    hold_until,
    ...decidedAs({ status, reason, since }, row, now),
    updated_at: now,
  };
}

/** Since when a referral is what it is, and by whose word; what is open is not decided. */
function decidedAs(
  { status, reason, since }: Pick<PlannedRow['planned'], 'status' | 'reason' | 'since'>,
  row: PlannedRow['row'],
  now: Instant,
): Pick<ReferralRow, 'decided_at' | 'decided_by'> {
  if (status === 'pending' || status === 'held') return { decided_at: null, decided_by: null };
  const isAsBefore = row.referral_status === status && row.referral_reason === reason;
  return {
    decided_at: since ?? (isAsBefore ? row.referral_decided_at : null) ?? now,
    decided_by: reason === 'decision' ? (row.decision_operator ?? 'rules') : 'rules',
  };
}

const BY_CODE_ALONE = canonicalJson({ by: 'code', fraud: [] });

function toEvidence(by: string, fraud: readonly FraudFinding[], rate: object | undefined): string {
  if (fraud.length === 0 && by === 'code' && rate === undefined) return BY_CODE_ALONE;
  return canonicalJson(rate === undefined ? { by, fraud } : { by, fraud, rate });
}

function isSame(
  row: PlannedRow['row'],
  referral: ReferralRow,
  isSameEvidence: (stored: string, evidence: string) => boolean,
): boolean {
  return (
    row.referral_status === referral.status &&
    row.referral_reason === referral.reason &&
    row.referral_code_id === referral.code_id &&
    row.referral_referrer_ref === referral.referrer_ref &&
    row.referral_friend_ref === referral.friend_ref &&
    row.referral_amount_minor === referral.amount_minor &&
    row.referral_gross_minor === referral.gross_minor &&
    row.referral_currency === referral.currency &&
    row.referral_booked_at === referral.booked_at &&
    row.referral_hold_until === referral.hold_until &&
    row.referral_decided_at === referral.decided_at &&
    isSameEvidence(row.referral_evidence ?? 'null', referral.evidence)
  );
}

// PostgreSQL spells the JSON that it keeps in its own way; most referrals have one of a few pieces of evidence.
function createEvidenceComparer(): (stored: string, evidence: string) => boolean {
  const canonical = new Map<string, string>();
  return (stored, evidence) => {
    if (stored === evidence) return true;
    let text = canonical.get(stored);
    if (text === undefined) {
      text = canonicalJson(JSON.parse(stored));
      if (canonical.size < EVIDENCE_KEPT) canonical.set(stored, text);
    }
    return text === evidence;
  };
}
