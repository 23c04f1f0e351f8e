import type { CampaignStatus, ContestStatus } from '../database/tables.ts';
import type { Instant } from '../time.ts';

/** Something that will not move on until a person does something. */
export interface Need {
  /** snake_case, stable: scripts look for it. */
  readonly what:
    | 'quarantine'
    | 'outgoing_off'
    | 'clock_jump'
    | 'in_doubt'
    | 'held_referrals'
    | 'approval'
    | 'paused_campaign'
    | 'nobody_sends'
    | 'contest_over'
    | 'failing_job'
    | 'failed_run'
    | 'unfinished_run'
    | 'backup';
  /** The campaign, contest, job, command or run that it is about; null for the whole database. */
  readonly subject: string | null;
  readonly count: number;
  /** One line for a person. */
  readonly message: string;
  /** What to type next. */
  readonly command: string;
}

export interface CampaignState {
  readonly campaign: string;
  readonly status: CampaignStatus;
  readonly send_at: Instant | null;
  /** Not mailed yet. */
  readonly pending: number;
  readonly in_doubt: number;
  /** Is somebody sending it? */
  readonly sending: boolean;
}

export interface ContestState {
  readonly contest: string;
  readonly status: ContestStatus;
  readonly starts_at: Instant;
  readonly ends_at: Instant;
  /** Referrals whose booking is not completed. */
  readonly pending: number;
  /** Referrals that wait for the end of their hold, and when the first of those is. */
  readonly waiting: number;
  readonly next_at: Instant | null;
  /** Referrals that wait for a person. */
  readonly undecided: number;
}

export interface RunState {
  readonly run: number;
  readonly command: string;
  readonly operator: string;
  readonly host: string;
  readonly process_id: number;
  readonly started_at: Instant;
}

/** What runs, what waits, and what needs a person, in a whole database. */
export interface Status {
  readonly at: Instant;
  readonly database: string;
  readonly last_backup_at: Instant | null;
  readonly running: readonly RunState[];
  readonly campaigns: readonly CampaignState[];
  readonly contests: readonly ContestState[];
  /** Rewards that can be paid: amounts by currency, and how many rewards those are. */
  readonly payable: Readonly<Record<string, string>>;
  readonly payable_rewards: number;
  readonly needs: readonly Need[];
}
