import type { Queries } from '../database/database.ts';
import { formatMinorUnits } from '../money.ts';
import { getSegmentThresholds } from '../selection/compile-where.ts';
import { segmentLimits, segmentOf } from '../selection/segment-rules.ts';
import type { Keyring } from '../settings/keyring.ts';
import { listSuppressions } from '../suppressions/list-suppressions.ts';
import type { Instant } from '../time.ts';
import { toCustomerRow } from './customer-row.ts';
import { parseAttributes } from './parse-attributes.ts';
import {
  getCustomerRow,
  listBookingsWithChanges,
  listCodesOf,
  listDeliveriesOf,
  listEventsOf,
  listMembershipsOf,
  listParticipations,
  listReferralsOf,
  listRewardsOf,
  listSignUpsOf,
} from './show-customer-queries.ts';

export interface ShowOptions {
  readonly keyring: Keyring;
  readonly now: Instant;
  /** Also deliveries, events, bookings, referrals, rewards and so on: all that is held about the person. */
  readonly everything: boolean;
}

/** A customer by integer key: fields, attributes, suppression, segment, contests and codes. */
export async function showCustomer(queries: Queries, key: number, options: ShowOptions): Promise<object> {
  const { keyring, now, everything } = options;
  const { address_key, ...selected } = await getCustomerRow(queries, key);
  const suppressions = address_key === null ? [] : await listSuppressions(queries, keyring, address_key);
  const segment =
    selected.erased_at === null
      ? segmentOf(selected, segmentLimits(await getSegmentThresholds(queries), now))
      : null;
  return {
    ...toCustomerRow(selected),
    suppressed: suppressions[0]?.reason ?? null,
    suppressed_at: suppressions[0]?.created_at ?? null,
    segment,
    contests: await listParticipations(queries, key),
    codes: await listCodesOf(queries, key),
    ...(everything ? await loadEverything(queries, key) : {}),
  };
}

async function loadEverything(queries: Queries, key: number): Promise<object> {
  const bookings = await listBookingsWithChanges(queries, key);
  const rewards = await listRewardsOf(queries, key);
  return {
    segments: await listMembershipsOf(queries, key),
    deliveries: await listDeliveriesOf(queries, key),
    events: await listEventsOf(queries, key),
    sign_ups: await listSignUpsOf(queries, key),
    bookings: bookings.map(({ amount_minor, refunded_minor, attributes, ...booking }) => ({
      ...booking,
      amount: formatMinorUnits(amount_minor, booking.currency),
      refunded_amount: formatMinorUnits(refunded_minor, booking.currency),
      attributes: parseAttributes(attributes),
    })),
    referrals: await listReferralsOf(queries, key),
    rewards: rewards.map(({ amount_minor, ...reward }) => ({
      ...reward,
      amount:
        amount_minor === null || reward.currency === null
          ? null
          : formatMinorUnits(amount_minor, reward.currency),
    })),
  };
}
