import type { DemoCalendar } from '../../core/demo/demo-calendar.ts';

/** What the demo itself has to do before a step, playing the mail provider or the booking system. */
export type Preparation = 'provider_events' | 'booking_exports';

export interface QuickstartStep {
  readonly title: string;
  /** The words that a user would type after `referral`; `{digest}` and `{backup}` come from earlier steps. */
  readonly words: readonly string[];
  /** The day of the contest on which the demo plays it. */
  readonly day: number;
  readonly preparation?: Preparation;
  /** Made once: skipped when the demo is run again. */
  readonly once?: boolean;
  /** Ends with 3 on purpose: the demo's files hold a few bad rows. */
  readonly refusesSome?: boolean;
  /** How many lines of its output are worth showing. */
  readonly lines?: number;
}

export const CONTEST = 'summer-referral';
export const CAMPAIGN = 'summer-launch';

/** The whole job, in the order in which an operator does it. */
export function quickstartSteps({ startsOn, endsOn }: DemoCalendar): readonly QuickstartStep[] {
  return [
    { title: 'Create the database', words: ['migrate'], day: 0 },
    {
      title: 'Import the customers; the bad rows go to a file of their own',
      words: ['customers', 'import', 'customers.csv', '--rejects', 'rejects.csv'],
      day: 0,
      refusesSome: true,
    },
    { title: 'Sort the customers into segments', words: ['segments', 'score'], day: 0 },
    {
      title: 'Create a contest from a rules document',
      words: [
        ...[
          'contests',
          'create',
          CONTEST,
          '--name',
          'Summer of Friends',
          '--benefit',
          '€25 for you, 10% off for them',
        ],
        ...[
          '--starts-at',
          startsOn,
          '--ends-at',
          endsOn,
          '--timezone',
          'Europe/Amsterdam',
          '--rules',
          'rules.json',
        ],
      ],
      day: 0,
      once: true,
    },
    {
      title: 'Launch it: enrol everyone eligible, give each a code',
      words: ['contests', 'launch', CONTEST],
      day: 0,
    },
    {
      title: 'Create the launch campaign with two subjects',
      words: [
        ...['campaigns', 'create', CAMPAIGN, '--contest', CONTEST, '--template', 'launch'],
        ...['--variant', 'plain:subject=Your personal code is here'],
        ...['--variant', 'named:subject={{ first_name | default: "Hello" }}, your friends are worth €25'],
      ],
      day: 0,
      once: true,
    },
    {
      title: 'See who would get it, and why the others would not',
      words: ['campaigns', 'plan', CAMPAIGN, '-o', 'plan.json', '--force'],
      day: 0,
      once: true,
    },
    {
      title: 'Send exactly that plan to the outbox',
      words: ['campaigns', 'send', CAMPAIGN, '--plan', '{digest}', '--transport', 'outbox'],
      day: 0,
      once: true,
    },
    {
      title: 'Take in what the mail provider reports (the demo plays the provider)',
      words: ['events', 'import', 'events.json'],
      day: 3,
      preparation: 'provider_events',
    },
    {
      title: 'Take in the first export of the booking system (the demo plays it): everything confirmed',
      words: ['conversions', 'import', 'bookings-1.csv', '--contest', CONTEST],
      day: 60,
      preparation: 'booking_exports',
    },
    {
      title: 'Take in a later export of the same bookings: completed, cancelled, refunded',
      words: ['conversions', 'import', 'bookings-2.csv', '--contest', CONTEST],
      day: 70,
    },
    {
      title: 'See how referrals were decided',
      words: ['conversions', 'list', '--contest', CONTEST, '--limit', '5'],
      day: 70,
      lines: 6,
    },
    { title: 'See who leads', words: ['leaderboard', CONTEST, '--limit', '5'], day: 70, lines: 6 },
    { title: 'Book the rewards in the ledger', words: ['rewards', 'compute', '--contest', CONTEST], day: 70 },
    { title: 'Prove the ledger', words: ['rewards', 'verify'], day: 70 },
    {
      title: 'Write the report',
      words: ['report', 'summary', '--contest', CONTEST, '--format', 'html', '-o', 'report.html', '--force'],
      day: 70,
    },
    {
      title: 'Export the referrals',
      words: ['export', 'referrals', '--contest', CONTEST, '-o', 'referrals.csv', '--force'],
      day: 70,
    },
    {
      title: 'Export the rewards',
      words: ['export', 'rewards', '--contest', CONTEST, '-o', 'rewards.csv', '--force'],
      day: 70,
    },
    {
      title: 'Export the standings',
      words: ['leaderboard', CONTEST, '--limit', '1000', '-o', 'leaderboard.csv', '--force'],
      day: 70,
    },
    {
      title: 'Make a backup',
      words: ['backup', 'create', '--to', 'backups', '-o', 'backup.json', '--force'],
      day: 70,
    },
    {
      title: 'Verify every byte of it',
      words: ['backup', 'verify', '{backup}', '--from', 'backups'],
      day: 70,
    },
    { title: 'Verify that nobody edited the record', words: ['audit', 'verify'], day: 70 },
  ];
}
