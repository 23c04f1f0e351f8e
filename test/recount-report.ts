import type { Database } from '../src/core/database/database.ts';
import { formatMinorUnits } from '../src/core/money.ts';
import type { Instant } from '../src/core/time.ts';

export interface RecountScope {
  readonly slug: string | undefined;
  readonly asOf: Instant | undefined;
  readonly now: Instant;
}

/** The figures of a report counted a second time: every row read into memory, and plain loops over them. */
export async function recountReport({ queries }: Database, { slug, asOf, now }: RecountScope) {
  const customers = await queries.selectFrom('customers').selectAll().execute();
  const contests = await queries.selectFrom('contests').selectAll().execute();
  const contest = contests.find((one) => one.slug === slug);
  const inContest = (row: { contest_id: number | null }) =>
    contest === undefined || row.contest_id === contest.id;
  const until = asOf ?? '9999';

  const participants = (await queries.selectFrom('participants').selectAll().execute()).filter(inContest);
  const codes = (await queries.selectFrom('codes').selectAll().execute()).filter(inContest);
  const campaigns = (await queries.selectFrom('campaigns').selectAll().execute())
    .filter(inContest)
    .filter((campaign) => (campaign.started_at ?? campaign.created_at) <= until);
  const deliveries = (await queries.selectFrom('deliveries').selectAll().execute())
    .filter(({ campaign_id }) => campaigns.some(({ id }) => id === campaign_id))
    .map((row) => ({
      ...row,
      status: row.settled_at !== null && row.settled_at > until ? 'pending' : row.status,
    }));
  const mailed = new Map(deliveries.map((row) => [row.id, row]));
  const events = (await queries.selectFrom('events').selectAll().execute()).filter(
    (event) => event.occurred_at <= until && event.delivery_id !== null && mailed.has(event.delivery_id),
  );
  const withEvent = (type: string, accepts = (_: { machine_open: number }) => true) =>
    new Set(
      events.filter((event) => event.type === type && accepts(event)).map(({ delivery_id }) => delivery_id),
    );

  const allBookings = await queries.selectFrom('bookings').selectAll().execute();
  const past = (at: Instant | null) => at !== null && at <= until;
  const bookingAt = (booking: (typeof allBookings)[number]) => {
    const ended =
      booking.status === 'cancelled' ? (booking.cancelled_at ?? booking.updated_at) : booking.updated_at;
    const isEnd = ['cancelled', 'refunded', 'no_show'].includes(booking.status);
    let { status } = booking;
    if (isEnd && ended !== null && ended > until)
      status = past(booking.completed_at) ? 'completed' : 'confirmed';
    else if (
      status === 'completed' &&
      !past(booking.completed_at ?? booking.updated_at ?? booking.booked_at)
    ) {
      status = 'confirmed';
    }
    const refunded = booking.updated_at !== null && booking.updated_at > until ? 0 : booking.refunded_minor;
    return { ...booking, status, refunded_minor: refunded, ended };
  };
  const bookingById = new Map(allBookings.map((row) => [row.id, bookingAt(row)]));
  const bookings = [...bookingById.values()].filter(
    ({ booked_at }) =>
      booked_at <= until &&
      (contest === undefined || (booked_at >= contest.starts_at && booked_at < contest.ends_at)),
  );

  const referralAt = (row: Awaited<ReturnType<typeof readReferrals>>[number]) => {
    const booking = bookingById.get(row.booking_id ?? 0);
    let { status } = row;
    if (asOf !== undefined && booking !== undefined) {
      const completed = booking.completed_at;
      if (
        status === 'reversed' &&
        row.reason !== 'decision' &&
        booking.ended !== null &&
        booking.ended > asOf
      ) {
        status = past(completed) ? 'approved' : 'pending';
      } else if (
        (status === 'approved' || status === 'held') &&
        !past(completed ?? booking.updated_at ?? row.booked_at)
      ) {
        status = 'pending';
      }
    }
    return { ...row, status };
  };
  const readReferrals = () => queries.selectFrom('referrals').selectAll().execute();
  const known = (await readReferrals()).filter(inContest).map(referralAt);
  const referrals = known.filter(({ booked_at }) => booked_at <= until);
  const counts = (status: string) => status !== 'rejected' && status !== 'expired';
  const credited = new Set(known.filter(({ status }) => counts(status)).map(({ booking_id }) => booking_id));

  const referralById = new Map((await readReferrals()).map((row) => [row.id, referralAt(row)]));
  const rewards = (await queries.selectFrom('rewards').selectAll().execute())
    .filter(inContest)
    .filter((row) => (referralById.get(row.referral_id ?? 0)?.booked_at ?? row.created_at) <= until)
    .map((row) => {
      let { status } = row;
      if (status === 'paid' && row.paid_at !== null && row.paid_at > until) {
        status = past(row.claimed_at) ? 'claimed' : 'available';
      } else if (status === 'claimed' && row.claimed_at !== null && row.claimed_at > until)
        status = 'available';
      return { ...row, status };
    });

  const brought = new Map<number, string>();
  for (const row of referrals) {
    if (!['pending', 'held', 'approved'].includes(row.status)) continue;
    const first = brought.get(row.friend_ref);
    if (first === undefined || row.booked_at < first) brought.set(row.friend_ref, row.booked_at);
  }
  const again = [...brought].filter(([friend, first]) =>
    [...bookingById.values()].some(
      (row) =>
        row.customer_ref === friend &&
        row.booked_at > first &&
        row.booked_at <= until &&
        ['confirmed', 'completed'].includes(row.status),
    ),
  );

  const having = <Row extends { status: string }>(rows: readonly Row[], ...statuses: string[]) =>
    rows.filter((row) => statuses.includes(row.status));
  const people = (refs: readonly number[]) => new Set(refs).size;
  const present = customers.filter(({ erased_at }) => erased_at === null);
  const isLive = (code: (typeof codes)[number]) =>
    code.status === 'active' && code.expires_at > (asOf ?? now);
  const converted = deliveries.filter(({ id, campaign_id, customer_ref, status, settled_at, sent_at }) => {
    const campaign = campaigns.find((one) => one.id === campaign_id);
    const accepted =
      status === 'accepted' || (status === 'pending' && settled_at !== null && settled_at > until);
    return (
      (mailed.get(id) === undefined || accepted) &&
      referrals.some(
        (row) =>
          row.contest_id === campaign?.contest_id &&
          row.referrer_ref === customer_ref &&
          ['pending', 'held', 'approved'].includes(row.status) &&
          row.booked_at >= (sent_at ?? settled_at ?? '9999'),
      ) &&
      accepted
    );
  });

  const currencies = [...new Set([...bookings, ...rewards].map(({ currency }) => currency))]
    .filter((currency) => currency !== null)
    .sort();
  const money = Object.fromEntries(
    currencies.map((currency) => {
      const counting = having(bookings, 'confirmed', 'completed', 'refunded').filter(
        (row) => row.currency === currency,
      );
      const referred = counting.filter(({ id }) => credited.has(id));
      const sum = (rows: readonly { amount_minor: number | null }[]) =>
        rows.reduce((total, { amount_minor }) => total + (amount_minor ?? 0), 0);
      const refunds = (rows: typeof counting) =>
        rows.reduce((total, { refunded_minor }) => total + refunded_minor, 0);
      const reward = (...statuses: string[]) =>
        sum(having(rewards, ...statuses).filter((row) => row.currency === currency));
      const minor = {
        ...{ bookings_gross: sum(counting), bookings_refunded: refunds(counting) },
        ...{ bookings_net: sum(counting) - refunds(counting) },
        ...{ revenue_gross: sum(referred), revenue_refunded: refunds(referred) },
        ...{ revenue_net: sum(referred) - refunds(referred) },
        ...{
          rewards_held: reward('held'),
          rewards_available: reward('available'),
          rewards_claimed: reward('claimed'),
        },
        ...{
          rewards_paid: reward('paid'),
          rewards_expired: reward('expired'),
          rewards_reversed: reward('reversed'),
        },
        ...{ reward_cost: reward('held', 'available', 'claimed', 'paid'), mail_cost: 0 },
        ...{ program_cost: reward('held', 'available', 'claimed', 'paid') },
      };
      return [
        currency,
        Object.fromEntries(
          Object.entries(minor).map(([name, value]) => [name, formatMinorUnits(value, currency)]),
        ),
      ];
    }),
  );

  const recipients = (ids: ReadonlySet<number | null>) =>
    people(deliveries.filter(({ id }) => ids.has(id)).map((row) => row.customer_ref));
  return {
    totals: {
      ...{ customers: present.length, suppressions: 0, sign_ups: 0, campaigns: campaigns.length },
      consent_granted: present.filter(({ consent }) => consent === 'granted').length,
      consent_withdrawn: present.filter(({ consent }) => consent === 'withdrawn').length,
      consent_unknown: present.filter(({ consent }) => consent === 'unknown').length,
      participants: people(participants.map((row) => row.customer_ref)),
      active_participants: people(
        referrals.filter((row) => counts(row.status)).map((row) => row.referrer_ref),
      ),
      codes: codes.length,
      codes_active: codes.filter(isLive).length,
      codes_revoked: having(codes, 'revoked').length,
      codes_expired: codes.length - having(codes, 'revoked').length - codes.filter(isLive).length,
      ...{ planned: deliveries.length, pending: having(deliveries, 'pending', 'claimed', 'sending').length },
      ...{ accepted: having(deliveries, 'accepted').length, refused: having(deliveries, 'refused').length },
      ...{ in_doubt: having(deliveries, 'in_doubt').length, skipped: having(deliveries, 'skipped').length },
      delivered: withEvent('delivered').size,
      opened: withEvent('opened', ({ machine_open }) => machine_open === 0).size,
      opened_with_machines: withEvent('opened').size,
      ...{ clicked: withEvent('clicked').size, bounced: withEvent('bounced').size },
      ...{ complained: withEvent('complained').size, unsubscribed: withEvent('unsubscribed').size },
      converted: converted.length,
      ...{
        bookings: bookings.length,
        bookings_referred: bookings.filter(({ id }) => credited.has(id)).length,
      },
      ...{ bookings_confirmed: having(bookings, 'confirmed').length },
      ...{ bookings_completed: having(bookings, 'completed').length },
      ...{ bookings_cancelled: having(bookings, 'cancelled').length },
      ...{ bookings_no_show: having(bookings, 'no_show').length },
      ...{ bookings_refunded: having(bookings, 'refunded').length },
      ...{ referrals: referrals.length, referrals_pending: having(referrals, 'pending').length },
      ...{
        referrals_held: having(referrals, 'held').length,
        referrals_approved: having(referrals, 'approved').length,
      },
      ...{ referrals_rejected: having(referrals, 'rejected').length },
      ...{ referrals_reversed: having(referrals, 'reversed').length },
      ...{ referrals_expired: having(referrals, 'expired').length },
      ...{ friends: brought.size, friends_again: again.length },
      ...{ rewards: rewards.length, rewards_held: having(rewards, 'held').length },
      ...{
        rewards_available: having(rewards, 'available').length,
        rewards_claimed: having(rewards, 'claimed').length,
      },
      ...{ rewards_paid: having(rewards, 'paid').length, rewards_expired: having(rewards, 'expired').length },
      ...{ rewards_reversed: having(rewards, 'reversed').length },
    },
    money,
    funnel: {
      planned: people(deliveries.map((row) => row.customer_ref)),
      accepted: people(having(deliveries, 'accepted').map((row) => row.customer_ref)),
      delivered: recipients(withEvent('delivered')),
      clicked: recipients(withEvent('clicked')),
      shared: people(referrals.map((row) => row.referrer_ref)),
      booked: people(referrals.map((row) => row.referrer_ref)),
      approved: people(having(referrals, 'approved').map((row) => row.referrer_ref)),
      rewarded: people(
        having(rewards, 'held', 'available', 'claimed', 'paid')
          .filter((row) => {
            const referral = referralById.get(row.referral_id ?? 0);
            return referral?.status === 'approved' && referral.referrer_ref === row.customer_ref;
          })
          .map((row) => row.customer_ref),
      ),
    },
  };
}
