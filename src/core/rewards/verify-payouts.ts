import { listAudit } from '../audit/list-audit.ts';
import type { Queries } from '../database/database.ts';
import { findMeta } from '../database/meta-queries.ts';
import { findMinorUnits } from '../money.ts';
import type { Instant } from '../time.ts';
import type { Finding } from './audit-reward.ts';
import { listOverpaidItems, listPayoutSums } from './payout-queries.ts';

/**
 * Where payouts are not what they were: they hand out more than the ledger moves, or something else than the audit log says was handed out. A payout
 * whose entry was cut off the audit log is only held against the ledger.
 */
export async function verifyPayouts(queries: Queries, now: Instant): Promise<readonly Finding[]> {
  const overpaid = (await listOverpaidItems(queries)).map(
    ({ payout, customer_id, currency, amount_minor, moved_minor }) =>
      toFinding(
        `up to ${payout} ${customer_id} was handed ${amount_minor} minor units of ${currency}, the entries move ${moved_minor}`,
      ),
  );
  const rows = Map.groupBy(await listPayoutSums(queries), ({ payout }) => payout);
  const written = await readAudited(queries, now);
  const isCut = (await findMeta(queries, 'audit_cut')) !== undefined;
  const messages: string[] = [];
  for (const payout of new Set([...rows.keys(), ...written.keys()])) {
    const sums = rows.get(payout);
    const audited = written.get(payout);
    if (sums === undefined) messages.push(`${payout} is in the audit log, and there is no such payout`);
    else if (audited !== undefined) messages.push(...compare(payout, sums, audited));
    else if (!isCut) messages.push(`${payout} is not in the audit log`);
  }
  return [...overpaid, ...messages.map(toFinding)];
}

interface Audited {
  readonly rewards: number;
  readonly totals: Readonly<Record<string, string>>;
}

async function readAudited(queries: Queries, now: Instant): Promise<ReadonlyMap<string, Audited>> {
  const entries = await listAudit(queries, { where: ['action = rewards.paid'], offset: 0, now });
  return new Map(entries.map(({ subject, details }) => [subject, details as Audited]));
}

function compare(
  payout: string,
  sums: Awaited<ReturnType<typeof listPayoutSums>>,
  { rewards, totals }: Audited,
): string[] {
  const messages: string[] = [];
  const items = new Map(sums.map(({ currency, amount_minor }) => [currency ?? '', amount_minor]));
  for (const currency of new Set([...items.keys(), ...Object.keys(totals)])) {
    if (currency === '') continue;
    const [has, wants] = [items.get(currency) ?? 0, findMinorUnits(totals[currency] ?? '0', currency)];
    if (has === wants) continue;
    messages.push(`${payout} hands out ${has} minor units of ${currency}, the audit log says ${wants}`);
  }
  const paid = sums[0]?.rewards ?? 0;
  if (paid !== rewards) messages.push(`${payout} pays ${paid} rewards, the audit log says ${rewards}`);
  return messages;
}

function toFinding(message: string): Finding {
  return { check: 'payout', reward_id: null, entry_id: null, message };
}
