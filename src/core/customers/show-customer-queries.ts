import type { Queries } from '../database/database.ts';
import { CUSTOMER_COLUMNS } from './customer-row.ts';

export function getCustomerRow(queries: Queries, key: number) {
  return queries
    .selectFrom('customers')
    .select([
      ...CUSTOMER_COLUMNS,
      'address_key',
      'attributes',
      'source',
      'erased_at',
      'created_at',
      'updated_at',
    ])
    .where('id', '=', key)
    .executeTakeFirstOrThrow();
}

export function listParticipations(queries: Queries, key: number) {
  return queries
    .selectFrom('participants')
    .innerJoin('contests', 'contests.id', 'participants.contest_id')
    .select(['contests.slug as contest', 'contests.status', 'participants.enrolled_at'])
    .where('participants.customer_ref', '=', key)
    .orderBy('participants.enrolled_at')
    .orderBy('contests.slug')
    .execute();
}

export function listCodesOf(queries: Queries, key: number) {
  return queries
    .selectFrom('codes')
    .leftJoin('contests', 'contests.id', 'codes.contest_id')
    .select([
      'codes.code',
      'contests.slug as contest',
      'codes.status',
      'codes.created_at',
      'codes.expires_at',
    ])
    .where('codes.customer_ref', '=', key)
    .orderBy('codes.created_at')
    .orderBy('codes.code')
    .execute();
}

export function listDeliveriesOf(queries: Queries, key: number) {
  return queries
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select([
      'campaigns.slug as campaign',
      'deliveries.email',
      'deliveries.variant',
      'deliveries.status',
      'deliveries.provider_message_id',
      'deliveries.error',
      'deliveries.claimed_at',
      'deliveries.sent_at',
      'deliveries.settled_at',
    ])
    .where('deliveries.customer_ref', '=', key)
    .orderBy('deliveries.id')
    .execute();
}

export function listEventsOf(queries: Queries, key: number) {
  return queries
    .selectFrom('events')
    .innerJoin('deliveries', 'deliveries.id', 'events.delivery_id')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select([
      'campaigns.slug as campaign',
      'events.type',
      'events.occurred_at',
      'events.url',
      'events.reason',
    ])
    .where('deliveries.customer_ref', '=', key)
    .orderBy('events.occurred_at')
    .orderBy('events.id')
    .execute();
}

export function listBookingsWithChanges(queries: Queries, key: number) {
  return queries
    .selectFrom('bookings')
    .select([
      'source',
      'booking_reference',
      'code',
      'amount_minor',
      'refunded_minor',
      'currency',
      'status',
      'booked_at',
      'completed_at',
      'cancelled_at',
      'attributes',
    ])
    .where('customer_ref', '=', key)
    .orderBy('booked_at')
    .orderBy('booking_reference')
    .execute();
}

export function listReferralsOf(queries: Queries, key: number) {
  return queries
    .selectFrom('referrals')
    .innerJoin('contests', 'contests.id', 'referrals.contest_id')
    .innerJoin('codes', 'codes.id', 'referrals.code_id')
    .innerJoin('customers as referrer', 'referrer.id', 'referrals.referrer_ref')
    .innerJoin('customers as friend', 'friend.id', 'referrals.friend_ref')
    .leftJoin('bookings', 'bookings.id', 'referrals.booking_id')
    .select([
      'referrals.id',
      'contests.slug as contest',
      'codes.code',
      'referrer.customer_id as referrer_id',
      'friend.customer_id as friend_id',
      'bookings.booking_reference',
      'referrals.status',
      'referrals.reason',
      'referrals.booked_at',
      'referrals.decided_at',
    ])
    .where((where) =>
      where.or([where('referrals.referrer_ref', '=', key), where('referrals.friend_ref', '=', key)]),
    )
    .orderBy('referrals.id')
    .execute();
}

export function listRewardsOf(queries: Queries, key: number) {
  return queries
    .selectFrom('rewards')
    .innerJoin('contests', 'contests.id', 'rewards.contest_id')
    .select([
      'rewards.id',
      'contests.slug as contest',
      'rewards.side',
      'rewards.type',
      'rewards.amount_minor',
      'rewards.currency',
      'rewards.days',
      'rewards.points',
      'rewards.badge',
      'rewards.status',
      'rewards.created_at',
      'rewards.paid_at',
    ])
    .where('rewards.customer_ref', '=', key)
    .orderBy('rewards.id')
    .execute();
}

export function listSignUpsOf(queries: Queries, key: number) {
  return queries
    .selectFrom('sign_ups')
    .innerJoin('contests', 'contests.id', 'sign_ups.contest_id')
    .innerJoin('codes', 'codes.id', 'sign_ups.code_id')
    .select(['contests.slug as contest', 'codes.code', 'sign_ups.signed_up_at'])
    .where('sign_ups.customer_ref', '=', key)
    .orderBy('sign_ups.id')
    .execute();
}

export function listMembershipsOf(queries: Queries, key: number) {
  return queries
    .selectFrom('segment_members')
    .innerJoin('segments', 'segments.id', 'segment_members.segment_id')
    .select(['segments.name as segment', 'segment_members.score', 'segment_members.scored_at'])
    .where('segment_members.customer_ref', '=', key)
    .orderBy('segments.name')
    .execute();
}
