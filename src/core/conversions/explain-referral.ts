import { getContest } from '../contests/get-contest.ts';
import type { Rules } from '../contests/rules.ts';
import type { Queries } from '../database/database.ts';
import { ReferralError } from '../errors.ts';
import { formatMinorUnits, isCurrency } from '../money.ts';
import { describeChange, type StoredChanges } from './describe-change.ts';
import type { FraudFinding } from './find-fraud.ts';
import { type ListedReferral, toListed } from './list-referrals.ts';
import {
  findFirstBookingOfFriend,
  findLiveReferralOfFriend,
  findReferral,
  getBookingOfReferral,
  getCodeOfReferral,
  listChangesOfBooking,
  listCustomerIds,
  listDecisions,
  listLedgerOfReferral,
  type ReferralDetailRow,
} from './referral-list-queries.ts';
import { ruleAt } from './rule-at.ts';

/** One link of the chain that explains a referral. */
export interface WhyStep {
  readonly at: string;
  readonly step: 'booking' | 'change' | 'code' | 'rule' | 'fraud' | 'decision' | 'ledger';
  readonly what: string;
}

export interface ExplainedReferral extends ListedReferral {
  readonly source: string;
  readonly hold_until: string | null;
  readonly decided_by: string | null;
  readonly credited_by: string;
  readonly fraud: readonly FraudFinding[];
}

/** A referral with its evidence. Throws `not_found`. */
export async function getReferral(queries: Queries, id: number): Promise<ExplainedReferral> {
  const row = await getRow(queries, id);
  const { rules } = await getContest(queries, row.contest);
  const evidence = parseEvidence(row);
  return {
    ...toListed(row, rules),
    source: row.source,
    hold_until: row.hold_until,
    decided_by: row.decided_by,
    credited_by: evidence.by,
    fraud: await nameEvidence(queries, evidence.fraud),
  };
}

/** Why a referral is what it is: booking row, changes, code, rule, fraud evidence, decisions, ledger entries, in that order. */
export async function explainReferral(queries: Queries, id: number): Promise<readonly WhyStep[]> {
  const row = await getRow(queries, id);
  const { rules } = await getContest(queries, row.contest);
  const referral = await getReferral(queries, id);
  return [
    ...(await explainBooking(queries, row)),
    await explainCode(queries, row, referral.credited_by),
    ...referral.fraud.map(
      ({ rule, action, evidence }): WhyStep => ({
        at: row.updated_at,
        step: 'fraud',
        what: `fraud.${rule} says ${action}: ${JSON.stringify(evidence)}`,
      }),
    ),
    ...(await listDecisions(queries, id)).map(
      ({ decided_at, decision, operator, reason }): WhyStep => ({
        at: decided_at,
        step: 'decision',
        what: `${operator}: ${decision}${reason === '' ? '' : ` (${reason})`}`,
      }),
    ),
    await explainRule(queries, row, rules),
    ...(await explainLedger(queries, id)),
  ];
}

async function getRow(queries: Queries, id: number): Promise<ReferralDetailRow> {
  const row = await findReferral(queries, id);
  if (row !== undefined) return row;
  throw new ReferralError('not_found', `There is no referral ${id}`, {
    hint: 'List them: referral conversions list',
  });
}

function parseEvidence({ evidence }: ReferralDetailRow): {
  readonly by: string;
  readonly fraud: readonly FraudFinding[];
} {
  return JSON.parse(evidence) as { by: string; fraud: FraudFinding[] };
}

/** Findings with the `customer_ids` of those whom they name: evidence keeps their keys, which outlive a change of them. */
export async function nameEvidence(
  queries: Queries,
  findings: readonly FraudFinding[],
): Promise<readonly FraudFinding[]> {
  const refsOf = ({ evidence }: FraudFinding): readonly number[] =>
    (evidence['customer_refs'] as number[] | undefined) ?? [];
  const ids = await listCustomerIds(queries, [...new Set(findings.flatMap(refsOf))]);
  return findings.map((finding) => {
    const { customer_refs: refs, ...evidence } = finding.evidence;
    if (refs === undefined) return finding;
    return {
      ...finding,
      evidence: { ...evidence, customer_ids: refsOf(finding).map((ref) => ids.get(ref) ?? '?') },
    };
  });
}

async function explainBooking(queries: Queries, row: ReferralDetailRow): Promise<readonly WhyStep[]> {
  const booking = await getBookingOfReferral(queries, row.booking_id);
  const changes = await listChangesOfBooking(queries, row.booking_id);
  const names = await nameBookers(queries, changes);
  const amount = formatMinorUnits(booking.amount_minor, booking.currency);
  const refunded =
    booking.refunded_minor === 0 ? '' : ` less ${formatMinorUnits(booking.refunded_minor, booking.currency)}`;
  const run = booking.first_run_id === null ? '' : `, run ${booking.first_run_id}`;
  return [
    {
      at: booking.booked_at,
      step: 'booking',
      what: `${booking.source} ${booking.booking_reference} by ${row.friend_id}: ${booking.status}, ${amount}${refunded} ${booking.currency}, code ${booking.code ?? 'none'} (known since ${booking.created_at}${run})`,
    },
    ...changes.map((change): WhyStep => {
      const told = describeChange(
        JSON.parse(change.changes) as StoredChanges,
        booking.currency,
        (ref) => names.get(ref) ?? '?',
      );
      const status =
        change.from_status === change.to_status
          ? change.to_status
          : `${change.from_status ?? 'new'} → ${change.to_status}`;
      return {
        at: change.recorded_at,
        step: 'change',
        what: `${[status, ...told].join(', ')}${change.run_id === null ? '' : ` (run ${change.run_id})`}`,
      };
    }),
  ];
}

async function nameBookers(
  queries: Queries,
  changes: readonly { readonly changes: string }[],
): Promise<ReadonlyMap<number, string>> {
  const refs = changes.flatMap(
    (change) => (JSON.parse(change.changes) as StoredChanges)['customer_ref'] ?? [],
  );
  return listCustomerIds(queries, [...new Set(refs.filter((ref) => typeof ref === 'number'))]);
}

async function explainCode(queries: Queries, row: ReferralDetailRow, by: string): Promise<WhyStep> {
  const { expires_at, revoked_at, signed_up_at } = await getCodeOfReferral(queries, row.id);
  const until = `counts until ${expires_at}${revoked_at === null ? '' : `, revoked at ${revoked_at}`}`;
  const what =
    by === 'sign_up'
      ? `no code on the booking; ${row.friend_id} signed up with ${row.code} of ${row.referrer_id}${signed_up_at === null ? '' : ` at ${signed_up_at}`}`
      : `the code ${row.code} belongs to ${row.referrer_id}`;
  return { at: row.booked_at, step: 'code', what: `${what} (${until})` };
}

async function explainRule(queries: Queries, row: ReferralDetailRow, rules: Rules): Promise<WhyStep> {
  const until = row.hold_until === null ? '' : `, held until ${row.hold_until}`;
  const other = await describeOther(queries, row);
  return {
    at: row.decided_at ?? row.updated_at,
    step: 'rule',
    what: `${row.status} by ${row.reason}${ruleAt(rules, row.reason)}${until}${other}`,
  };
}

/** The booking that stands in the way, where that is the reason. */
async function describeOther(queries: Queries, { id, reason }: ReferralDetailRow): Promise<string> {
  const find =
    reason === 'friend_already_referred'
      ? findLiveReferralOfFriend
      : reason === 'eligibility.new_friend'
        ? findFirstBookingOfFriend
        : undefined;
  const other = await find?.(queries, id);
  if (other === undefined) return '';
  const { source, booking_reference, booked_at, referral_id, referrer_id } = other;
  const credited = referral_id === null ? '' : `, referral ${referral_id} of ${referrer_id}`;
  return `: ${source} ${booking_reference}, booked at ${booked_at}${credited}`;
}

async function explainLedger(queries: Queries, id: number): Promise<readonly WhyStep[]> {
  const entries = await listLedgerOfReferral(queries, id);
  return entries.map((entry) => {
    const amount = isCurrency(entry.currency)
      ? `${formatMinorUnits(entry.amount_minor, entry.currency)} ${entry.currency}`
      : `${entry.amount_minor} ${entry.currency}`;
    return {
      at: entry.recorded_at,
      step: 'ledger',
      what: `${entry.kind}: ${amount} ${entry.from_account} → ${entry.to_account} for ${entry.customer_id} (${entry.side}, reward ${entry.reward_id}; ${entry.reason})`,
    };
  });
}
