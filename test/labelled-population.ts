import { seededNumbers } from '../src/core/demo/seeded-numbers.ts';

/** How somebody cheats, or `honest`. */
export type Label =
  | 'honest'
  | 'tag'
  | 'dots'
  | 'digit'
  | 'same_name'
  | 'same_mailbox'
  | 'same_phone'
  | 'same_home'
  | 'throw_away'
  | 'ring'
  | 'shared_phone'
  | 'burst'
  | 'without_trace';

export interface LabelledPerson {
  readonly customer_id: string;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
  readonly phone: string | null;
  readonly attributes:
    | { readonly address: string; readonly postcode: string }
    | Readonly<Record<string, never>>;
}

export interface LabelledBooking {
  readonly reference: string;
  readonly referrer: string;
  readonly friend: string;
  readonly booked: string;
  readonly label: Label;
}

export interface LabelledPopulation {
  readonly participants: readonly LabelledPerson[];
  readonly friends: readonly LabelledPerson[];
  readonly bookings: readonly LabelledBooking[];
}

const FIRST =
  'Anna Bram Carla Daan Eva Femke Gijs Hanna Iris Jan Kees Lotte Marie Nico Olga Piet Roos Sara Tom Wim'.split(
    ' ',
  );
const LAST =
  'Smit Visser Bakker Meyer Dupont Garcia Rossi Novak Jensen Silva Peeters Kaya Muller Lopez Martin Weber Moreau Costa Berg Vos'.split(
    ' ',
  );
const DOMAINS = [
  'gmail.com',
  'gmail.com',
  'gmail.com',
  'outlook.com',
  'ziggo.nl',
  'proton.me',
  'bakkerij.example',
];
const THROW_AWAY = ['mailinator.com', 'guerrillamail.com', 'yopmail.com'];
const STREETS = ['Long Street', 'Church Lane', 'Canal Side', 'Mill Road', 'Station Square'];
const START = Date.UTC(2026, 5, 2);
const DAYS = 80;
const MINUTE = 60_000;

/**
 * A made-up population, the same for the same seed: participants, their friends and what each of them is. Honest ones are not easy: common
 * names at the same few domains, numbers in addresses, couples who share a telephone, neighbours, and the same surname as the participant.
 */
export function makePopulation(seed: number, honest: number, cheats: number): LabelledPopulation {
  const random = seededNumbers(seed);
  const below = (count: number): number => Math.floor(random() * count);
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const friends: LabelledPerson[] = [];
  const bookings: LabelledBooking[] = [];
  const taken = new Set<string>();

  const makePerson = (id: string, more: Partial<LabelledPerson> = {}): LabelledPerson => {
    const [first, last] = [pick(FIRST), pick(LAST)];
    const local = pick([
      `${first}.${last}`,
      `${first}${last}`,
      `${first[0] ?? ''}.${last}`,
      `${last}.${first}`,
    ]);
    const domain = pick(DOMAINS);
    let email = `${local}@${domain}`.toLowerCase();
    while (taken.has(email)) email = `${local}${below(1_000)}@${domain}`.toLowerCase();
    taken.add(email);
    return {
      customer_id: id,
      email,
      ...{ first_name: first, last_name: last },
      phone: random() < 0.7 ? `06${String(10_000_000 + below(90_000_000))}` : null,
      attributes:
        random() < 0.6
          ? { address: `${pick(STREETS)} ${1 + below(400)}`, postcode: String(1_000 + below(9_000)) }
          : {},
      ...more,
    };
  };
  const participants = Array.from({ length: Math.ceil(honest / 10) }, (_, index) => makePerson(`P${index}`));
  const refer = (referrer: LabelledPerson, friend: LabelledPerson, label: Label, at?: number): void => {
    const booked = new Date(at ?? START + below(DAYS * 1_440) * MINUTE).toISOString();
    const reference = `B-${String(bookings.length).padStart(5, '0')}`;
    bookings.push({ reference, referrer: referrer.customer_id, friend: friend.customer_id, booked, label });
  };
  const befriend = (
    referrer: LabelledPerson,
    label: Label,
    more: Partial<LabelledPerson> = {},
    at?: number,
  ): LabelledPerson => {
    const friend = makePerson(`F${friends.length}`, more);
    friends.push(friend);
    refer(referrer, friend, label, at);
    return friend;
  };

  while (bookings.length < honest) {
    const referrer = pick(participants);
    const friend = befriend(referrer, 'honest', random() < 0.05 ? { last_name: referrer.last_name } : {});
    if (random() < 0.03) befriend(referrer, 'honest', { phone: friend.phone, attributes: friend.attributes });
  }
  const alike = ({ email }: LabelledPerson, change: (local: string) => string): Partial<LabelledPerson> => {
    const [local = '', domain = ''] = email.split('@');
    return { email: `${change(local)}@${domain}` };
  };
  const dotted = (local: string): string =>
    local.includes('.') ? local.replace('.', '') : `${local.slice(0, 3)}.${local.slice(3)}`;
  const numbered = (local: string): string => (/\d$/.test(local) ? local.replace(/\d+$/, '') : `${local}7`);
  const schemes: readonly (readonly [Label, (referrer: LabelledPerson) => void])[] = [
    [
      'tag',
      (of) =>
        befriend(
          of,
          'tag',
          alike(of, (local) => `${local}+${below(1_000)}`),
        ),
    ],
    ['dots', (of) => befriend(of, 'dots', alike(of, dotted))],
    ['digit', (of) => befriend(of, 'digit', alike(of, numbered))],
    [
      'same_name',
      (of) => {
        const { first_name, last_name } = of;
        befriend(of, 'same_name', { first_name, last_name, ...alike(of, () => `x${below(1e6)}`) });
      },
    ],
    ['same_mailbox', (of) => befriend(of, 'same_mailbox', { email: of.email.toUpperCase() })],
    ['same_phone', (of) => befriend(of, 'same_phone', { phone: of.phone?.replace(/^0/, '+31 ') ?? null })],
    ['same_home', (of) => befriend(of, 'same_home', { attributes: of.attributes })],
    ['throw_away', (of) => befriend(of, 'throw_away', { email: `f${below(1e6)}@${pick(THROW_AWAY)}` })],
    [
      'shared_phone',
      (of) => {
        const phone = `06${String(10_000_000 + below(90_000_000))}`;
        for (let count = 0; count < 4; count += 1) befriend(of, 'shared_phone', { phone });
      },
    ],
    [
      'burst',
      (of) => {
        const at = START + below(DAYS * 1_440) * MINUTE;
        for (let count = 0; count < 8; count += 1) befriend(of, 'burst', {}, at + count * MINUTE);
      },
    ],
  ];
  // What has no telephone or home can't share it.
  const suits = (label: Label, { phone, attributes }: LabelledPerson): boolean =>
    (label !== 'same_phone' || phone !== null) && (label !== 'same_home' || 'address' in attributes);
  const target = bookings.length + cheats;
  for (let turn = 0; bookings.length < target; turn += 1) {
    const [label, scheme] = schemes[turn % schemes.length] ?? pick(schemes);
    const referrer = pick(participants);
    if (suits(label, referrer)) scheme(referrer);
    if (turn % 40 === 0) befriend(referrer, 'without_trace');
    if (turn % 12 === 0) {
      const ring = Array.from({ length: 2 + below(4) }, (_, index) => makePerson(`R${turn}-${index}`));
      participants.push(...ring);
      for (const [index, one] of ring.entries()) refer(one, ring[(index + 1) % ring.length] ?? one, 'ring');
    }
  }
  return { participants, friends, bookings };
}
