import { createHash } from 'node:crypto';

/** How the contest of one world is set up; drawn with the commands. */
export interface WorldOptions {
  /** A person has to approve each referral. */
  readonly manual: boolean;
  /** Rows carry `updated_at`, and some come late. */
  readonly stamped: boolean;
  /** Euro cents that rewards of referrals and milestones may come to; undefined for no limit. */
  readonly budget: number | undefined;
}

export type BookedStatus = 'confirmed' | 'completed' | 'cancelled' | 'no_show' | 'refunded';
export type Verb = 'approve' | 'reject' | 'reverse';

/** What a row of a booking export says. */
export interface BookingRow {
  readonly booking: number;
  readonly status: BookedStatus;
  /** Cents. */
  readonly amount: number;
  readonly refunded: number;
  /** When the booking system wrote it, as a number that grows; undefined where rows carry no `updated_at`. */
  readonly stamp: number | undefined;
}

export interface KnownBooking extends BookingRow {
  readonly decision: Verb | undefined;
}

type ReferralState = 'live' | 'approved' | 'rejected' | 'taken' | 'reversed';

/** A reward as the bookkeeper has it: `revoked` is one that a person took back. */
export interface KnownReward {
  readonly customer: string;
  status: 'held' | 'available' | 'claimed' | 'paid' | 'expired' | 'reversed' | 'revoked';
  amount: number;
  readonly unit: string;
  /** Milliseconds; undefined for what never expires. */
  readonly expiresAt: number | undefined;
}

/** What ought to be the case for one reward: an amount, nothing, or nothing new while it waits. */
type Claim = number | 'waits' | 'none';

interface Due {
  readonly key: string;
  readonly customer: string;
  readonly claim: Claim;
  readonly unit: string;
  /** Does the budget count it? Prizes were promised, and badges cost nothing. */
  readonly isLimited: boolean;
}

export const OWNERS = ['C-1', 'C-2', 'C-3', 'C-4', 'C-5'] as const;
export const BOOKINGS = 40;
const FRIENDS = 27;
const DAY_MS = 86_400_000;
const EXPIRE_DAYS = 40;
const SEED = '5eed'.repeat(16);

export const SEED_OF_DRAWING = { seed: SEED, sha256: createHash('sha256').update(SEED).digest('hex') };

/** The rules of a world, as an operator writes them. */
export function rulesOf({ manual, budget }: WorldOptions): object {
  return {
    fraud: { default: 'ignore' },
    approval: { mode: manual ? 'manual' : 'automatic' },
    qualify: { min_points: 2 },
    ...(budget === undefined ? {} : { limits: { budget: { EUR: money(budget) } } }),
    rewards: {
      referrer: { type: 'money', amount: '25.00', currency: 'EUR' },
      friend: { type: 'percentage', percent: '10' },
      milestones: [
        { at: 3, type: 'money', amount: '10.00', currency: 'EUR' },
        { at: 5, type: 'badge', name: 'Referral Master' },
      ],
      prizes: [
        { position: 1, type: 'money', amount: '100.00', currency: 'EUR' },
        { position: 2, type: 'free_days', days: 30 },
      ],
      drawing: { winners: 2, type: 'points', points: 7 },
      expire_days: EXPIRE_DAYS,
    },
  };
}

export const money = (cents: number): string => (cents / 100).toFixed(2);
export const ownerOf = (booking: number): string => OWNERS[booking % OWNERS.length] ?? '';
export const friendOf = (booking: number): string => `F-${booking % FRIENDS}`;
/** Bookings of a day lie at the same moment, so that the reference decides. */
export const bookedAt = (booking: number): string =>
  `2026-06-${String(10 + (booking % 15)).padStart(2, '0')}T08:00:00.000Z`;
export const referenceOf = (booking: number): string => `B-${booking}`;

/** By time, then by the bytes of the reference. */
const IN_BOOKING_ORDER = Array.from({ length: BOOKINGS }, (_, booking) => booking).sort((a, b) =>
  `${bookedAt(a)} ${referenceOf(a)}` < `${bookedAt(b)} ${referenceOf(b)}` ? -1 : 1,
);

/**
 * What an honest bookkeeper knows of a contest, written without a look at the program: whole numbers, plain loops, one booking after the
 * other. Nothing in here is imported from `src`.
 */
export class Bookkeeper {
  readonly options: WorldOptions;
  readonly bookings = new Map<number, KnownBooking>();
  readonly states = new Map<number, ReferralState>();
  readonly rewards = new Map<string, KnownReward>();
  /** Cents handed out, per customer. */
  readonly paidOut = new Map<string, number>();
  finalized = false;
  /** How much has been done so far. */
  steps = 0;
  now: number;

  constructor(options: WorldOptions, now: number) {
    this.options = options;
    this.now = now;
  }

  take(rows: readonly BookingRow[]): void {
    for (const row of rows) {
      const before = this.bookings.get(row.booking);
      const isOlder = before?.stamp !== undefined && row.stamp !== undefined && row.stamp < before.stamp;
      const wasOver = before?.status === 'cancelled' || before?.status === 'refunded';
      const comesBack = wasOver && row.status !== 'cancelled' && row.status !== 'refunded';
      if (isOlder || (comesBack && row.stamp === undefined)) continue;
      this.bookings.set(row.booking, { ...row, decision: before?.decision });
    }
    this.#settle();
  }

  /** How many end up as decided. */
  decide(bookings: readonly number[], verb: Verb): number {
    const open = bookings.filter((booking) => this.#canDecide(booking, verb));
    for (const booking of open) {
      const known = this.bookings.get(booking);
      if (known !== undefined) this.bookings.set(booking, { ...known, decision: verb });
    }
    this.#settle();
    const goal = { approve: 'approved', reject: 'rejected', reverse: 'reversed' }[verb];
    return open.filter((booking) => {
      const state = this.states.get(booking);
      return (state === 'taken' ? 'rejected' : state) === goal;
    }).length;
  }

  #canDecide(booking: number, verb: Verb): boolean {
    const state = this.states.get(booking);
    const decision = this.bookings.get(booking)?.decision;
    if (verb === 'reject') return state === 'live';
    if (verb === 'reverse') return state === 'approved';
    return state === 'live' || state === 'rejected' || (state === 'reversed' && decision === 'reverse');
  }

  #settle(): void {
    const taken = new Set<string>();
    for (const booking of IN_BOOKING_ORDER) {
      const known = this.bookings.get(booking);
      if (known === undefined) continue;
      const state = stateOf(known, taken.has(friendOf(booking)), this.options.manual);
      this.states.set(booking, state);
      if (state === 'live' || state === 'approved') taken.add(friendOf(booking));
    }
  }

  /** Brings the rewards to what has been earned; how many were granted or came back, and how many were reversed. */
  compute(): { created: number; reversed: number; changed: number } {
    const counts = { created: 0, reversed: 0, changed: 0 };
    const dues = this.#dues();
    const isSpent = (key: string): boolean =>
      ['claimed', 'paid'].includes(this.rewards.get(key)?.status ?? '');
    const isGone = (key: string): boolean =>
      isSpent(key) || ['expired', 'revoked'].includes(this.rewards.get(key)?.status ?? '');
    let left = this.options.budget ?? Number.POSITIVE_INFINITY;
    for (const { key, claim, isLimited } of dues) {
      if (!isLimited || !isSpent(key)) continue;
      const reward = this.rewards.get(key);
      if (typeof claim === 'number') left -= claim;
      else if (claim === 'waits' && reward?.status === 'paid') left -= reward.amount;
    }
    for (const due of dues) {
      let { claim } = due;
      if (typeof claim === 'number' && due.isLimited && !isGone(due.key)) {
        if (claim > left) claim = 'none';
        else left -= claim;
      }
      const outcome = this.#reconcile({ ...due, claim });
      if (outcome !== undefined) counts[outcome] += 1;
    }
    return counts;
  }

  /** What ought to stand, in the order in which the budget is used up. */
  #dues(): Due[] {
    const dues: Due[] = [];
    for (const booking of IN_BOOKING_ORDER) {
      const state = this.states.get(booking);
      const known = this.bookings.get(booking);
      if (state === undefined || known === undefined) continue;
      const share = Math.floor(((known.amount - known.refunded) * 10 + 50) / 100);
      const claim = (amount: number): Claim =>
        state === 'live' ? 'waits' : state === 'approved' && amount > 0 ? amount : 'none';
      const reference = referenceOf(booking);
      const both = { unit: 'EUR', isLimited: true };
      dues.push({ ...both, key: `${reference} referrer`, customer: ownerOf(booking), claim: claim(2_500) });
      dues.push({ ...both, key: `${reference} friend`, customer: friendOf(booking), claim: claim(share) });
    }
    for (const [at, unit, amount] of [
      [3, 'EUR', 1_000],
      [5, 'badges', 1],
    ] as const) {
      for (const customer of OWNERS) {
        const claim = this.#approvedOf(customer).length >= at ? amount : 'none';
        dues.push({ key: `milestone ${at} ${customer}`, customer, claim, unit, isLimited: unit === 'EUR' });
      }
    }
    for (const { key, customer, unit, amount } of this.awards)
      dues.push({ key, customer, claim: amount, unit, isLimited: false });
    return dues;
  }

  #reconcile({ key, customer, claim, unit }: Due): 'created' | 'reversed' | 'changed' | undefined {
    const reward = this.rewards.get(key);
    if (reward === undefined) {
      if (typeof claim !== 'number') return undefined;
      const expiresAt = unit === 'badges' ? undefined : this.now + EXPIRE_DAYS * DAY_MS;
      this.rewards.set(key, { customer, status: 'available', amount: claim, unit, expiresAt });
      return 'created';
    }
    if (reward.status === 'expired' || reward.status === 'revoked') return undefined;
    if (reward.status === 'reversed') {
      if (typeof claim !== 'number') return undefined;
      Object.assign(reward, { status: 'available', amount: claim });
      return 'created';
    }
    if (claim === 'none') {
      reward.status = 'reversed';
      return 'reversed';
    }
    if (claim === 'waits') {
      if (reward.status !== 'available' && reward.status !== 'claimed') return undefined;
      reward.status = 'held';
      return 'changed';
    }
    const isSame = reward.amount === claim && reward.status !== 'held';
    Object.assign(reward, { amount: claim, status: reward.status === 'held' ? 'available' : reward.status });
    return isSame ? undefined : 'changed';
  }

  /** Hands out what is due: cents per customer, only those who get something. */
  pay(): Map<string, number> {
    const worth = new Map<string, number>();
    for (const reward of this.rewards.values()) {
      if (reward.unit !== 'EUR') continue;
      if (reward.status === 'available' || reward.status === 'claimed') reward.status = 'paid';
      if (reward.status !== 'paid') continue;
      worth.set(reward.customer, (worth.get(reward.customer) ?? 0) + reward.amount);
    }
    const lines = new Map<string, number>();
    for (const [customer, cents] of worth) {
      const due = cents - (this.paidOut.get(customer) ?? 0);
      if (due <= 0) continue;
      lines.set(customer, due);
      this.paidOut.set(customer, (this.paidOut.get(customer) ?? 0) + due);
    }
    return lines;
  }

  /** What the customer would be handed next; below 0 what is owed. */
  balanceOf(customer: string): number {
    let cents = -(this.paidOut.get(customer) ?? 0);
    for (const reward of this.rewards.values()) {
      const counts = ['available', 'claimed', 'paid'].includes(reward.status);
      if (counts && reward.customer === customer && reward.unit === 'EUR') cents += reward.amount;
    }
    return cents;
  }

  /** Is there anything that a payout would settle? */
  get isDue(): boolean {
    const people = new Set<string>();
    for (const { unit, status, customer } of this.rewards.values()) {
      if (unit !== 'EUR') continue;
      if (status === 'available' || status === 'claimed') return true;
      if (status === 'paid') people.add(customer);
    }
    return [...people].some((customer) => this.balanceOf(customer) > 0);
  }

  claim(keys: readonly string[]): number {
    let changed = 0;
    for (const key of keys) {
      const reward = this.rewards.get(key);
      if (reward?.status !== 'available' || (reward.expiresAt ?? Number.POSITIVE_INFINITY) <= this.now)
        continue;
      reward.status = 'claimed';
      changed += 1;
    }
    return changed;
  }

  revoke(keys: readonly string[]): number {
    let changed = 0;
    for (const key of keys) {
      const reward = this.rewards.get(key);
      if (reward === undefined || ['reversed', 'revoked', 'expired'].includes(reward.status)) continue;
      reward.status = 'revoked';
      changed += 1;
    }
    return changed;
  }

  expire(): number {
    let expired = 0;
    for (const reward of this.rewards.values()) {
      if (reward.status !== 'available' || (reward.expiresAt ?? Number.POSITIVE_INFINITY) > this.now)
        continue;
      reward.status = 'expired';
      expired += 1;
    }
    return expired;
  }

  #approvedOf(owner: string): number[] {
    return IN_BOOKING_ORDER.filter(
      (booking) => ownerOf(booking) === owner && this.states.get(booking) === 'approved',
    );
  }

  /** The ranking as it would be printed, in order. */
  get board() {
    return OWNERS.map((customer_id) => {
      const approved = this.#approvedOf(customer_id);
      const points = approved.length;
      const reached_at = approved.map(bookedAt).sort().at(-1) ?? '';
      return { customer_id, points, reached_at, qualified: points >= 2 };
    })
      .filter(({ points }) => points > 0)
      .sort((a, b) => b.points - a.points || (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  /** Fixes the prizes; the contest takes nothing more. */
  finalize(contest: string): void {
    this.finalized = true;
    const qualified = this.board.filter((entry) => entry.qualified).map((entry) => entry.customer_id);
    const prizes = [
      ['EUR', 10_000],
      ['free_days', 30],
    ] as const;
    for (const [index, [unit, amount]] of prizes.entries()) {
      const customer = qualified[index];
      if (customer === undefined) continue;
      this.awards.push({ key: `rewards.prizes.${index + 1}`, customer, unit, amount });
    }
    const ticket = (customer: string): string =>
      createHash('sha256').update(`${SEED}:${contest}:${customer}`).digest('hex');
    const drawn = [...qualified].sort((a, b) => (ticket(a) < ticket(b) ? -1 : 1)).slice(0, 2);
    for (const [index, customer] of drawn.entries()) {
      this.awards.push({ key: `rewards.drawing.${index + 1}`, customer, unit: 'points', amount: 7 });
    }
  }

  readonly awards: { key: string; customer: string; unit: string; amount: number }[] = [];
}

const orderOf = ({ reached_at, customer_id }: { reached_at: string; customer_id: string }): string =>
  `${reached_at} ${customer_id}`;

function stateOf(
  { status, amount, refunded, decision }: KnownBooking,
  isTaken: boolean,
  isManual: boolean,
): ReferralState {
  const isRefunded = (refunded > 0 || status === 'refunded') && refunded >= amount;
  if (decision === 'reject') return 'rejected';
  if (decision === 'reverse') return 'reversed';
  if (status === 'cancelled' || status === 'no_show' || isRefunded) return 'reversed';
  if (isTaken) return 'taken';
  if (decision === 'approve') return 'approved';
  return status === 'confirmed' || isManual ? 'live' : 'approved';
}
