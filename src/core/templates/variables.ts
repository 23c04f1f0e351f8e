import { splitMember } from './values.ts';

export type VariableType = 'text' | 'number' | 'time' | 'amount' | 'link';

/** One name that a template may use. */
export interface Variable {
  readonly name: string;
  readonly type: VariableType;
  readonly about: 'customer' | 'contest' | 'standing' | 'reward' | 'board' | 'mail';
  readonly description: string;
  /** Used by previews where the template's own sample data has none. */
  readonly sample: string | number;
}

/** How many places of the board a template can show. */
export const BOARD_PLACES = 5;

const SAMPLE_BOARD = [
  { name: 'Maria L.', points: 31, prize: '€1,000.00' },
  { name: 'Thomas B.', points: 27, prize: '€500.00' },
  { name: 'Chloé D.', points: 22, prize: '€250.00' },
  { name: 'Yusuf A.', points: 19, prize: '30 free days' },
  { name: 'Sanne V.', points: 17, prize: '14 free days' },
] as const;

const customer: readonly Variable[] = [
  variable('customer', 'customer_id', 'text', "the operator's own id of the customer", 'C-0001'),
  variable('customer', 'first_name', 'text', 'given name', 'Anna'),
  variable('customer', 'last_name', 'text', 'family name', 'de Vries'),
  variable('customer', 'name', 'text', 'full name', 'Anna de Vries'),
  variable('customer', 'email', 'text', 'address that the mail goes to', 'anna@example.test'),
  variable('customer', 'tier', 'text', 'tier in the customer export', 'premium'),
  variable('customer', 'locale', 'text', 'language and region that filters write in', 'en-GB'),
  variable('customer', 'timezone', 'text', 'time zone of the customer', 'Europe/Amsterdam'),
  variable('customer', 'country', 'text', 'country of the customer', 'NL'),
  variable('customer', 'joined_at', 'time', 'when the customer joined', '2023-04-12T00:00:00.000Z'),
  variable('customer', 'last_active_at', 'time', 'when last active', '2026-05-20T00:00:00.000Z'),
  variable('customer', 'total_bookings', 'number', 'bookings so far', 7),
  variable('customer', 'total_spend', 'amount', 'amount spent so far', '1840.00'),
  variable('customer', 'segment', 'text', 'segment by rule of the customer, as last scored', 'active_user'),
  variable(
    'customer',
    'rfm',
    'text',
    'segment by recency, frequency and monetary value, as last scored',
    'rfm_loyal_customers',
  ),
];

const contest: readonly Variable[] = [
  variable('contest', 'contest', 'text', 'slug of the contest', 'summer-referral'),
  variable('contest', 'contest_name', 'text', 'name of the contest', 'Summer Referral Contest'),
  variable(
    'contest',
    'contest_description',
    'text',
    'description of the contest',
    'Share your code and win.',
  ),
  variable('contest', 'contest_timezone', 'text', 'time zone that dates are written in', 'Europe/Amsterdam'),
  variable('contest', 'benefit', 'text', 'what a friend gets', '10% off their first booking'),
  variable('contest', 'starts_at', 'time', 'when the contest starts', '2026-05-31T22:00:00.000Z'),
  variable('contest', 'ends_at', 'time', 'the moment at which it is over', '2026-08-31T22:00:00.000Z'),
  variable('contest', 'last_day', 'time', 'the last moment of the contest', '2026-08-31T21:59:59.999Z'),
  variable('contest', 'code', 'text', "the customer's active code", 'K7MX4TPW'),
  variable('contest', 'code_expires_at', 'time', 'when the code expires', '2027-05-31T22:00:00.000Z'),
  variable('contest', 'referral_link', 'link', 'where the code leads', 'https://example.test/r/K7MX4TPW'),
];

const standing: readonly Variable[] = [
  variable('standing', 'position', 'number', 'place on the leaderboard', 4),
  variable('standing', 'points', 'number', 'points in the contest', 19),
  variable('standing', 'referrals', 'number', 'approved referrals', 6),
  variable('standing', 'participants', 'number', 'how many take part', 1834),
];

const reward: readonly Variable[] = [
  variable('reward', 'reward_type', 'text', 'money, percentage, free_days, points or badge', 'money'),
  variable('reward', 'reward_amount', 'amount', 'amount of the latest reward', '25.00'),
  variable('reward', 'reward_currency', 'text', 'its currency', 'EUR'),
  variable('reward', 'reward_days', 'number', 'free days of the latest reward', 30),
  variable('reward', 'reward_points', 'number', 'points of the latest reward', 100),
  variable('reward', 'reward_status', 'text', 'held, available, claimed or paid', 'available'),
  variable('reward', 'reward_due_at', 'time', 'when it can be claimed', '2026-07-14T22:00:00.000Z'),
  variable('reward', 'badge', 'text', 'the latest badge', 'Referral Master'),
  variable('reward', 'friend_first_name', 'text', 'given name of the friend behind it', 'Jonas'),
];

const board: readonly Variable[] = [
  ...SAMPLE_BOARD.flatMap(({ name, points, prize }, index) => {
    const place = index + 1;
    return [
      variable('board', `leader_${place}`, 'text', `who is at place ${place}: given name and initial`, name),
      variable('board', `leader_${place}_points`, 'number', `points at place ${place}`, points),
      variable('board', `leader_${place}_prize`, 'text', `prize for place ${place}`, prize),
    ];
  }),
  variable('board', 'drawing_winners', 'text', 'who won in the drawing, as a list', 'Olga P. and Sam K.'),
];

const mail: readonly Variable[] = [
  variable('mail', 'campaign', 'text', 'slug of the campaign', 'summer-launch'),
  variable('mail', 'organisation', 'text', 'who sends it', 'Example Travel'),
  variable(
    'mail',
    'postal_address',
    'text',
    'postal address of the sender',
    '1 Sample Street, 1000 AA Sampletown',
  ),
  variable(
    'mail',
    'unsubscribe_link',
    'link',
    'personal, signed link to stop these mails',
    'https://example.test/unsubscribe?token=sample',
  ),
];

/** Every name that a template may use, beside `attributes.NAME`, `segments.NAME` and `scores.MODEL`. */
export const variables: readonly Variable[] = [
  ...customer,
  ...contest,
  ...standing,
  ...reward,
  ...board,
  ...mail,
];

const byName = new Map(variables.map((entry) => [entry.name, entry]));

/** The catalogue's entry for a name. */
export function findVariable(name: string): Variable | undefined {
  return byName.get(name);
}

/** Can a template use this name? A name in an object always, others when they are in the catalogue. */
export function isVariable(name: string): boolean {
  return splitMember(name) !== undefined || byName.has(name);
}

/** A value for every name of the catalogue, for previews. */
export function sampleValues(): Readonly<Record<string, string | number>> {
  return Object.fromEntries(variables.map(({ name, sample }) => [name, sample]));
}

function variable(
  about: Variable['about'],
  name: string,
  type: VariableType,
  description: string,
  sample: string | number,
): Variable {
  return { about, name, type, description, sample };
}
