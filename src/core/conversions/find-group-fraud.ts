import type { Rules } from '../contests/rules.ts';
import type { FraudAction } from '../contests/rules-fraud.ts';
import type { Instant } from '../time.ts';
import type { FraudFinding } from './find-fraud.ts';
import { mailboxKey, phoneKey, postalKey, splitAddress } from './person-keys.ts';

/** One booking with a participant's code, as far as the rules about all of a participant's friends look at it. */
export interface GroupMember {
  /** Its place in booking order. */
  readonly place: number;
  readonly referrer_ref: number;
  readonly code_id: number;
  readonly friend_ref: number;
  readonly booked_at: Instant;
  /** Is it cancelled, or was it not taken up? */
  readonly is_over: number;
  readonly friend_email: string | null;
  readonly friend_phone: string | null;
  readonly friend_postal: string | null;
  readonly friend_place: string | null;
}

/** The findings of these rules by the place of the booking. */
export type GroupFindings = ReadonlyMap<number, readonly FraudFinding[]>;

const MINUTE_MS = 60_000;

/** Does any of them look? */
export function looksAtGroups({ cluster, public_code, cancellations, velocity }: Rules['fraud']): boolean {
  if (velocity.action !== 'ignore' && velocity.max_per_burst > 0) return true;
  return [cluster, public_code, cancellations].some(({ action }) => action !== 'ignore');
}

/**
 * What stands out among all friends of one participant. `members` are in booking order; those that are over only count for
 * `cancellations` and bursts. Linear in the members.
 */
export function findGroupFraud(members: readonly GroupMember[], rules: Rules['fraud']): GroupFindings {
  const found = new Map<number, FraudFinding[]>();
  const note = (place: number, finding: FraudFinding): void => {
    const list = found.get(place);
    if (list === undefined) found.set(place, [finding]);
    else list.push(finding);
  };
  const standing = members.filter(({ is_over }) => is_over === 0);
  if (rules.cluster.action !== 'ignore') noteClusters(standing, rules.cluster, note);
  if (rules.public_code.action !== 'ignore') notePublicCodes(standing, rules.public_code, note);
  if (rules.velocity.action !== 'ignore') noteBursts(members, rules.velocity, note);
  const over = members.length - standing.length;
  const { action, max } = rules.cancellations;
  if (action !== 'ignore' && over > max) {
    for (const { place } of standing) {
      note(place, { rule: 'cancellations', action, evidence: { cancelled: over, max } });
    }
  }
  return found;
}

type Note = (place: number, finding: FraudFinding) => void;

// Friends that share a key are one cluster: union-find (Tarjan 1975) with path halving.
function noteClusters(
  members: readonly GroupMember[],
  { action, max_size }: { readonly action: FraudAction; readonly max_size: number },
  note: Note,
): void {
  if (members.length <= max_size) return;
  const rootOf = joinByKeys(members);
  const people = new Map<number, Set<number>>();
  for (const [index, { friend_ref }] of members.entries()) {
    const root = rootOf(index);
    const list = people.get(root);
    if (list === undefined) people.set(root, new Set([friend_ref]));
    else list.add(friend_ref);
  }
  for (const [index, { place }] of members.entries()) {
    const size = people.get(rootOf(index))?.size ?? 0;
    if (size > max_size) note(place, { rule: 'cluster', action, evidence: { size, max_size } });
  }
}

/** Joins members that share a key; gives the root of each one's cluster. */
function joinByKeys(members: readonly GroupMember[]): (index: number) => number {
  const parents = members.map((_, index) => index);
  const rootOf = (start: number): number => {
    let at = start;
    for (;;) {
      const parent = parents[at] ?? at;
      if (parent === at) return at;
      const above = parents[parent] ?? parent;
      parents[at] = above;
      at = above;
    }
  };
  const firstWith = new Map<string, number>();
  for (const [index, member] of members.entries()) {
    for (const key of keysOf(member)) {
      const first = firstWith.get(key);
      if (first === undefined) firstWith.set(key, index);
      else parents[rootOf(index)] = rootOf(first);
    }
  }
  return rootOf;
}

function* keysOf({ friend_ref, friend_email, friend_phone, friend_postal }: GroupMember): Iterable<string> {
  yield `friend ${friend_ref}`;
  const mailbox = mailboxKey(friend_email);
  if (mailbox !== undefined) yield `mailbox ${mailbox}`;
  const phone = phoneKey(friend_phone);
  if (phone !== undefined) yield `phone ${phone}`;
  const postal = postalKey(friend_postal);
  if (postal !== undefined) yield `postal ${postal}`;
}

/** All bookings of a burst, its first ones too: that they were too many shows only at its end. */
function noteBursts(
  members: readonly GroupMember[],
  { action, max_per_burst, burst_minutes }: Rules['fraud']['velocity'],
  note: Note,
): void {
  if (max_per_burst === 0) return;
  const times = members.map(({ booked_at }) => Date.parse(booked_at));
  let start = 0;
  let noted = 0;
  for (const [index, at] of times.entries()) {
    while ((times[start] ?? at) <= at - burst_minutes * MINUTE_MS) start += 1;
    const count = index - start + 1;
    if (count <= max_per_burst) continue;
    for (const { place } of members.slice(Math.max(start, noted), index + 1)) {
      note(place, {
        rule: 'velocity',
        action,
        evidence: { per_burst: count, max_per_burst, burst_minutes },
      });
    }
    noted = index + 1;
  }
}

/** Bookings beyond the spread that friends have who know each other; those before it stay as they are. */
function notePublicCodes(
  members: readonly GroupMember[],
  { action, max_domains, max_places }: Rules['fraud']['public_code'],
  note: Note,
): void {
  if (max_domains === 0 && max_places === 0) return;
  const spreads = new Map<number, { domains: Set<string>; places: Set<string> }>();
  for (const { place, code_id, friend_email, friend_place } of members) {
    let spread = spreads.get(code_id);
    if (spread === undefined) {
      spread = { domains: new Set(), places: new Set() };
      spreads.set(code_id, spread);
    }
    const domain = splitAddress(friend_email)?.domain;
    if (domain !== undefined) spread.domains.add(domain);
    const town = friend_place?.trim().toLowerCase() ?? '';
    if (town !== '') spread.places.add(town);
    const [domains, places] = [spread.domains.size, spread.places.size];
    const isWide = (max_domains === 0 || domains > max_domains) && (max_places === 0 || places > max_places);
    if (isWide) {
      note(place, { rule: 'public_code', action, evidence: { domains, max_domains, places, max_places } });
    }
  }
}
