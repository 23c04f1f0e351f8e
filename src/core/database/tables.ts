import type { Generated } from 'kysely';
import type { Instant } from '../time.ts';

/*
 * Row types of every table, the one place for them. Names are those of the glossary; where a table points at a
 * customer the column ends in `_ref` (the integer key), because `customer_id` is the operator's own id.
 * JSON columns are text on the way in and out, on both engines: parse them with the schema of their owner.
 * Money is in integer minor units of the currency beside it; flags are 0 or 1.
 */

export interface Tables {
  meta: MetaTable;
  settings: SettingsTable;
  flags: FlagsTable;
  runs: RunsTable;
  audit_log: AuditLogTable;
  imports: ImportsTable;
  profiles: ProfilesTable;
  customers: CustomersTable;
  suppressions: SuppressionsTable;
  segments: SegmentsTable;
  segment_members: SegmentMembersTable;
  segment_history: SegmentHistoryTable;
  models: ModelsTable;
  model_promotions: ModelPromotionsTable;
  predictions: PredictionsTable;
  contests: ContestsTable;
  participants: ParticipantsTable;
  codes: CodesTable;
  sign_ups: SignUpsTable;
  final_standings: FinalStandingsTable;
  templates: TemplatesTable;
  campaigns: CampaignsTable;
  campaign_reviews: CampaignReviewsTable;
  experiment_decisions: ExperimentDecisionsTable;
  holdouts: HoldoutsTable;
  senders: SendersTable;
  deliveries: DeliveriesTable;
  rate_buckets: RateBucketsTable;
  events: EventsTable;
  bookings: BookingsTable;
  booking_changes: BookingChangesTable;
  referrals: ReferralsTable;
  referral_decisions: ReferralDecisionsTable;
  rewards: RewardsTable;
  payouts: PayoutsTable;
  payout_items: PayoutItemsTable;
  ledger_entries: LedgerEntriesTable;
  job_runs: JobRunsTable;
  job_states: JobStatesTable;
  campaign_schedules: CampaignSchedulesTable;
  backup_records: BackupRecordsTable;
  report_changes: ReportChangesTable;
  report_kept: ReportKeptTable;
  report_mails: ReportMailsTable;
}

/** Facts about this database itself: `instance_id`, `generated_secret`, `quarantined_at`, `clock_highest`, `clock_jump`. */
export interface MetaTable {
  name: string;
  value: string;
}

export interface SettingsTable {
  name: string;
  value: string;
  updated_at: Instant;
  updated_by: string;
}

export interface FlagsTable {
  name: string;
  enabled: number;
  updated_at: Instant;
  updated_by: string;
}

export type RunStatus = 'running' | 'done' | 'partial' | 'failed' | 'interrupted';

export interface RunsTable {
  id: Generated<number>;
  command: string;
  arguments: string;
  operator: string;
  host: string;
  process_id: number;
  program_version: string;
  started_at: Instant;
  finished_at: Instant | null;
  status: RunStatus;
  exit_code: number | null;
  summary: string;
}

export interface AuditLogTable {
  sequence: number;
  at: Instant;
  run_id: number | null;
  operator: string;
  action: string;
  subject: string;
  details: string;
  previous_hash: string;
  hash: string;
}

/** One row per input file taken in, by content: the same bytes again change nothing. */
export interface ImportsTable {
  id: Generated<number>;
  kind: 'customers' | 'bookings' | 'events' | 'suppressions';
  scope: string;
  sha256: string;
  rows: number;
  run_id: number | null;
  imported_at: Instant;
}

export interface ProfilesTable {
  name: string;
  kind: 'customers' | 'bookings';
  definition: string;
  updated_at: Instant;
  updated_by: string;
}

export type Consent = 'granted' | 'withdrawn' | 'unknown';

export interface CustomersTable {
  id: Generated<number>;
  customer_id: string;
  /** Null once erased, or where nothing but an id is known. */
  email: string | null;
  address_key: string | null;
  name: string | null;
  first_name: string | null;
  last_name: string | null;
  tier: string | null;
  locale: string | null;
  timezone: string | null;
  phone: string | null;
  country: string | null;
  joined_at: Instant | null;
  last_active_at: Instant | null;
  consent: Consent;
  consent_at: Instant | null;
  consent_source: string | null;
  total_bookings: number | null;
  /** Hundredths of the operator's currency unit, as exported. */
  total_spend: number | null;
  /** JSON object of strings, keys sorted. */
  attributes: string;
  /** `import`, `booking` or `manual`. */
  source: string;
  /** The hash of the row that an import last took them from; null once anything else changed them. See `loadRowHashes`. */
  row_hash: Generated<number | null>;
  erased_at: Instant | null;
  created_at: Instant;
  updated_at: Instant;
}

export interface SuppressionsTable {
  id: Generated<number>;
  /** Keyed hash (HMAC-SHA256, hex) of the address key. */
  address_hash: string;
  /** Which secret keyed the hash: the first 16 hex digits of its own SHA-256. */
  key_id: string;
  reason: 'unsubscribed' | 'bounced' | 'complained' | 'manual' | 'erased';
  source: string;
  created_at: Instant;
  run_id: number | null;
}

export interface SegmentsTable {
  id: Generated<number>;
  name: string;
  kind: 'rule' | 'where' | 'model';
  definition: string;
  created_at: Instant;
  updated_at: Instant;
}

export interface SegmentMembersTable {
  segment_id: number;
  customer_ref: number;
  score: number | null;
  scored_at: Instant;
}

/** Who was in a segment from when until when; open while `left_at` is null. */
export interface SegmentHistoryTable {
  segment_id: number;
  customer_ref: number;
  entered_at: Instant;
  left_at: Instant | null;
}

export interface ModelsTable {
  id: Generated<number>;
  name: string;
  version: number;
  source: 'file' | 'customers';
  /** The column, or the outcome of our own, that it predicts. */
  target: string;
  /** The model itself, as JSON. */
  document: string;
  /** Of the document. */
  sha256: string;
  /** What was measured when it was trained, as JSON. */
  figures: string;
  seed: number;
  rows: number;
  data_sha256: string;
  backend: string;
  /** Versions of the libraries that it was trained with, as JSON. */
  libraries: string;
  beats_baseline: number;
  created_at: Instant;
  run_id: number | null;
}

export interface ModelPromotionsTable {
  id: Generated<number>;
  model_id: number;
  action: 'promoted' | 'rolled_back';
  forced: number;
  operator: string;
  promoted_at: Instant;
  run_id: number | null;
}

/** What a version of a model says about a customer; of one model only the version that scored last is kept. */
export interface PredictionsTable {
  model_id: number;
  customer_ref: number;
  /** A probability. */
  score: number;
  /** The name of the group that it falls into. */
  segment: string;
  scored_at: Instant;
}

export type ContestStatus = 'draft' | 'active' | 'paused' | 'ended' | 'finalized' | 'cancelled';

export interface ContestsTable {
  id: Generated<number>;
  slug: string;
  name: string;
  benefit: string;
  description: string;
  status: ContestStatus;
  timezone: string;
  starts_at: Instant;
  ends_at: Instant;
  /** The effective rules document as canonical JSON, and its SHA-256. */
  rules: string;
  rules_sha256: string;
  created_at: Instant;
  launched_at: Instant | null;
  ended_at: Instant | null;
  finalized_at: Instant | null;
  /** What a drawing is made from (64 hex digits), secret until the contest is finalized; its SHA-256 is shown from the launch on. */
  seed: string | null;
  seed_sha256: string | null;
  /** The digest of the leaderboard that was frozen. */
  final_digest: string | null;
}

/** The leaderboard of a finalized contest, frozen, with what was won. */
export interface FinalStandingsTable {
  contest_id: number;
  position: number;
  customer_ref: number;
  points: number;
  referrals: number;
  counted: number;
  distinct_groups: number;
  qualified: number;
  reached_at: Instant;
  /** The place among those who qualified, where the rules have a prize for it. */
  prize_position: number | null;
  /** The order in which a drawing picked it. */
  drawn: number | null;
}

export interface ParticipantsTable {
  id: Generated<number>;
  contest_id: number;
  customer_ref: number;
  enrolled_at: Instant;
}

export type CodeStatus = 'active' | 'revoked' | 'expired';

export interface CodesTable {
  id: Generated<number>;
  code: string;
  contest_id: number | null;
  customer_ref: number;
  status: CodeStatus;
  created_at: Instant;
  expires_at: Instant;
  revoked_at: Instant | null;
}

export interface SignUpsTable {
  id: Generated<number>;
  contest_id: number;
  code_id: number;
  customer_ref: number;
  signed_up_at: Instant;
  run_id: number | null;
}

export interface TemplatesTable {
  id: Generated<number>;
  name: string;
  version: number;
  sha256: string;
  /** The template document (subject, preheader, MJML source, sample data) as canonical JSON. */
  document: string;
  created_at: Instant;
}

export type CampaignStatus = 'draft' | 'submitted' | 'approved' | 'sending' | 'paused' | 'sent' | 'cancelled';

export interface CampaignsTable {
  id: Generated<number>;
  slug: string;
  contest_id: number;
  template_id: number;
  status: CampaignStatus;
  subject: string | null;
  /** JSON array of `--where` texts. */
  audience: string;
  /** JSON array of `{name, subject}`. */
  variants: string;
  /** Mails per second; null is no limit. */
  rate_per_second: number | null;
  /** `21:00-08:00`, in the recipient's time zone. */
  quiet_hours: string | null;
  send_at: Instant | null;
  plan_digest: string | null;
  transport: string | null;
  created_at: Instant;
  submitted_at: Instant | null;
  submitted_by: string | null;
  approved_at: Instant | null;
  approved_by: string | null;
  /** What the reviewer said. */
  review_note: string | null;
  started_at: Instant | null;
  finished_at: Instant | null;
  /** At most this many mails a day; null is no cap. */
  daily_cap: number | null;
  /** `mon-fri 09:00-17:00`, in the recipient's time zone. */
  send_window: string | null;
  /** The experiment's design as canonical JSON, and its SHA-256. */
  experiment: string | null;
  experiment_sha256: string | null;
  /** Of 10,000 people who could be mailed, so many are held out. */
  holdout_share: number | null;
  /** `bandit`: variants are drawn while sending; null: by a hash, in equal shares. */
  allocation: 'bandit' | null;
  /** 1: everyone is mailed at their best hour. */
  send_best: number | null;
}

/** Who could have been mailed by a campaign and was left out to measure it; frozen with its deliveries. */
export interface HoldoutsTable {
  campaign_id: number;
  customer_ref: number;
  held_at: Instant;
}

/** What was decided about a campaign's variants, once and for all. */
export interface ExperimentDecisionsTable {
  campaign_id: number;
  verdict: 'winner' | 'no_winner';
  winner: string | null;
  reason: string;
  /** JSON: the figures that it rests on. */
  figures: string;
  operator: string;
  decided_at: Instant;
}

export type ReviewAction = 'submitted' | 'approved' | 'rejected';

/** Every step of the reviews of campaigns, which the columns of `campaigns` only know the last of. */
export interface CampaignReviewsTable {
  id: Generated<number>;
  campaign_id: number;
  action: ReviewAction;
  operator: string;
  /** Of the plan that it was about; null where there was none. */
  plan_digest: string | null;
  note: string | null;
  created_at: Instant;
}

/** One row per process that is or was sending a campaign; alive while it holds the process lock `sender-<id>`. */
export interface SendersTable {
  id: Generated<number>;
  campaign_id: number;
  transport: string;
  /** Where its mails go: the outbox folder, the server; never a credential. */
  target: string;
  host: string;
  process_id: number;
  started_at: Instant;
  stopped_at: Instant | null;
}

export type DeliveryStatus =
  | 'pending'
  | 'claimed'
  | 'sending'
  | 'accepted'
  | 'refused'
  | 'in_doubt'
  | 'skipped';

export interface DeliveriesTable {
  id: Generated<number>;
  campaign_id: number;
  customer_ref: number;
  /** Null once erased. */
  email: string | null;
  address_key: string;
  address_hash: string;
  variant: string;
  status: DeliveryStatus;
  /** Held until then: quiet hours, or the back-off after a temporary refusal. */
  not_before: Instant;
  sender_id: number | null;
  claimed_at: Instant | null;
  sent_at: Instant | null;
  settled_at: Instant | null;
  provider_message_id: string | null;
  /** Why it was refused, skipped or is in doubt. */
  error: string | null;
  attempts: number;
  /** The class of the address's domain when it was frozen: `gmail`, `microsoft`, `yahoo`, `other`. */
  domain_class: Generated<string>;
  /** How likely its variant was to be drawn, where a bandit drew it. */
  propensity: number | null;
  /** Segments and scores that its mail is chosen by, as they were when it was frozen, as JSON; null where the template asks for none. */
  chosen_by: string | null;
}

/** A token bucket and the count of a day, shared by every process: of an account, a campaign or a class of domains. */
export interface RateBucketsTable {
  name: string;
  /** Tokens per second; 0 is no limit. */
  rate: number;
  /** The time, in milliseconds since the epoch, at which the next token is free. */
  next_free_at: number;
  /** The day that was counted last, `2026-03-01` in the configured time zone, and its mails. */
  day: string | null;
  day_count: Generated<number>;
}

export type EventType =
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'bounced'
  | 'complained'
  | 'unsubscribed'
  | 'processed'
  | 'deferred'
  | 'dropped'
  | 'other';

export interface EventsTable {
  id: Generated<number>;
  provider_event_id: string;
  delivery_id: number | null;
  type: EventType;
  occurred_at: Instant;
  machine_open: number;
  url: string | null;
  reason: string | null;
  imported_at: Instant;
}

export type BookingStatus = 'confirmed' | 'completed' | 'cancelled' | 'no_show' | 'refunded';

export interface BookingsTable {
  id: Generated<number>;
  source: string;
  booking_reference: string;
  /** Who booked. */
  customer_ref: number | null;
  /** The code as written on the booking, normalised: upper case, no blanks or hyphens, look-alikes replaced. */
  code: string | null;
  amount_minor: number;
  refunded_minor: number;
  currency: string;
  status: BookingStatus;
  booked_at: Instant;
  completed_at: Instant | null;
  cancelled_at: Instant | null;
  /** When the booking system says that it changed; null where the export has no such column. */
  updated_at: Instant | null;
  attributes: string;
  first_import_id: number | null;
  last_import_id: number | null;
  created_at: Instant;
}

export interface BookingChangesTable {
  id: Generated<number>;
  booking_id: number;
  import_id: number | null;
  run_id: number | null;
  from_status: BookingStatus | null;
  to_status: BookingStatus;
  /** JSON: field → [old, new]. */
  changes: string;
  recorded_at: Instant;
}

export type ReferralStatus = 'pending' | 'held' | 'approved' | 'rejected' | 'reversed' | 'expired';

export interface ReferralsTable {
  id: Generated<number>;
  contest_id: number;
  code_id: number;
  referrer_ref: number;
  friend_ref: number;
  booking_id: number | null;
  status: ReferralStatus;
  /** The rule that admitted or refused it. */
  reason: string;
  /** JSON: the evidence of fraud rules and decisions. */
  evidence: string;
  /** What counts for points and percentages: the booking's amount less refunds, in minor units. */
  amount_minor: number;
  /** What the booking cost before refunds, where it was converted to `currency`; null where the booking itself says it. */
  gross_minor: number | null;
  currency: string;
  booked_at: Instant;
  /** When its hold ends; null while the booking is not completed or when there is none. */
  hold_until: Instant | null;
  decided_at: Instant | null;
  decided_by: string | null;
  created_at: Instant;
  updated_at: Instant;
}

/** What a person decided about a referral; the latest one counts when referrals are evaluated again. */
export interface ReferralDecisionsTable {
  id: Generated<number>;
  referral_id: number;
  decision: 'approve' | 'reject' | 'reverse';
  reason: string;
  operator: string;
  run_id: number | null;
  decided_at: Instant;
}

export type RewardType = 'money' | 'percentage' | 'free_days' | 'points' | 'badge';
export type RewardSide = 'referrer' | 'friend' | 'milestone' | 'position' | 'drawing';
export type RewardStatus = 'held' | 'available' | 'claimed' | 'paid' | 'expired' | 'reversed';

export interface RewardsTable {
  id: Generated<number>;
  contest_id: number;
  customer_ref: number;
  side: RewardSide;
  /** Which part of the rules: `rewards.referrer`, `rewards.milestones.5`. */
  rule: string;
  type: RewardType;
  referral_id: number | null;
  /** The key that makes it impossible to get it twice: contest, rule, side and referral, customer or position. */
  idempotency_key: string;
  amount_minor: number | null;
  currency: string | null;
  days: number | null;
  points: number | null;
  badge: string | null;
  status: RewardStatus;
  created_at: Instant;
  due_at: Instant | null;
  expires_at: Instant | null;
  claimed_at: Instant | null;
  paid_at: Instant | null;
  updated_at: Instant;
}

/** One execution of `rewards pay`: its name is on the payout file. */
export interface PayoutsTable {
  id: Generated<number>;
  payout: string;
  operator: string;
  run_id: number | null;
  created_at: Instant;
}

/** What one customer is paid in one currency by one payout. */
export interface PayoutItemsTable {
  payout_id: number;
  customer_ref: number;
  currency: string;
  amount_minor: number;
  /** How many rewards it settles. */
  rewards: number;
}

/** An immutable movement of `amount_minor` > 0 from one account to another: balanced by its form. */
export interface LedgerEntriesTable {
  id: Generated<number>;
  idempotency_key: string;
  content_sha256: string;
  contest_id: number;
  customer_ref: number;
  reward_id: number;
  kind: string;
  from_account: string;
  to_account: string;
  amount_minor: number;
  /** ISO 4217, or `free_days`, `points`, `badges` for what is no money. */
  currency: string;
  reason: string;
  payout_id: number | null;
  run_id: number | null;
  recorded_at: Instant;
}

export type JobRunStatus = 'running' | 'done' | 'partial' | 'failed';

/** One row per job and slot: a job is done once for each time at which it is due, however many crons start it. */
export interface JobRunsTable {
  id: Generated<number>;
  job: string;
  /** The time at which it was due. */
  slot: Instant;
  status: JobRunStatus;
  attempts: number;
  run_id: number | null;
  host: string;
  process_id: number;
  started_at: Instant;
  finished_at: Instant | null;
  /** JSON object of what it counted. */
  summary: string;
  /** The code of the error it ended with; never its text, which may name people. */
  error: string | null;
}

/** Since when a job fails, and whether the operator was told by mail and by webhook. */
export interface JobStatesTable {
  job: string;
  failing_since: Instant | null;
  /** In a row. */
  failures: number;
  mailed_at: Instant | null;
  posted_at: Instant | null;
}

/** A campaign whose recipients were frozen for the jobs to send. */
export interface CampaignSchedulesTable {
  campaign_id: number;
  operator: string;
  scheduled_at: Instant;
}

export type BackupAction = 'created' | 'drilled' | 'pruned';

/** What was done about backups of this database, and how it ended. */
export interface BackupRecordsTable {
  id: Generated<number>;
  action: BackupAction;
  outcome: 'done' | 'failed';
  /** Null when it failed before there was a backup, and for pruning. */
  backup_id: string | null;
  /** Where the backups lie: a folder or s3://…, never with credentials. */
  store: string;
  rows: number | null;
  bytes: number | null;
  new_bytes: number | null;
  duration_ms: number;
  /** Why it failed; no personal data. */
  problem: string | null;
  run_id: number | null;
  recorded_at: Instant;
}

/** How often a table that reports read has changed; the sum counts. */
export interface ReportChangesTable {
  id: Generated<number>;
  source: string;
  changes: number;
}

/** A result that a report worked out, and the state of its sources then. */
export interface ReportKeptTable {
  key: string;
  stamp: string;
  content: string;
  stored_at: Instant;
}

/** What the provider reported about a delivery, one bit a kind. */
export interface ReportMailsTable {
  delivery_id: number;
  campaign_id: number;
  customer_ref: number;
  marks: number;
}
