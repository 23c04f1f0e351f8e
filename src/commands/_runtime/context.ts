import type { Run } from '../../core/audit/run.ts';
import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../core/database/database.ts';
import type { Random } from '../../core/random.ts';
import type { Config } from '../../core/settings/config.ts';
import type { Keyring } from '../../core/settings/keyring.ts';
import type { AnyCommand } from './command.ts';
import type { Io } from './io.ts';
import type { ConfigEntry } from './load-config.ts';
import type { OpenInput } from './open-input.ts';

export type Format = 'table' | 'json' | 'ndjson' | 'csv' | 'xlsx' | 'html';

/** The flags of every command. */
export interface Globals {
  readonly format: Format | undefined;
  readonly output: string | undefined;
  readonly force: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly noInput: boolean;
  readonly confirm: string | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly timezone: string | undefined;
  /** How long, in milliseconds, to wait for another run of the same job; undefined is not at all. */
  readonly lockWait: number | undefined;
  readonly skipIfLocked: boolean;
}

export interface Progress {
  /** `done` of `total` so far; `total` may be unknown. */
  update(done: number, total?: number): void;
  stop(): void;
}

export interface Confirmation {
  /** What is about to happen, as a question: `Send 'summer-launch' to 1,834 people?` */
  readonly question: string;
  /** Typed by `--confirm NAME`: a slug, or the name of the database. */
  readonly name: string;
  /** How many people it concerns; above `confirm_above` `--yes` is not enough. */
  readonly people?: number;
  /** Can't be undone: `--yes` is not enough either. */
  readonly irreversible?: boolean;
}

export interface RunOptions {
  /** The process lock under which it runs; a second holder waits or ends with 11. None by default. */
  readonly lock?: string;
}

export interface CommandPlace {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

export interface CommandOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command gets from the runtime: everything that touches a terminal, the clock, the environment or the disk. */
export interface Context {
  readonly io: Io;
  readonly globals: Globals;
  readonly clock: Clock;
  readonly random: Random;
  /** Aborted by the first Ctrl-C or SIGTERM: finish the batch in hand, then return. */
  readonly signal: AbortSignal;
  /** The merged, validated configuration. Throws `configuration_invalid`. */
  config(): Promise<Config>;
  /** A secret from NAME, NAME_FILE or NAME_COMMAND, or undefined. */
  findSecret(name: string): Promise<string | undefined>;
  /** As `findSecret`; throws `credential_missing`. */
  getSecret(name: string): Promise<string>;
  /** The keys that hash addresses and sign links: REFERRAL_SECRET, and the one this database generated. */
  keyring(database: Database): Promise<Keyring>;
  /** Is the database opened for reading only, by `--read-only` or by `database.read_only`? */
  isReadOnly(): Promise<boolean>;
  /** The merged configuration with the origin of each value, for `config show`. */
  configEntries(): Promise<readonly ConfigEntry[]>;
  /** Names this process to other machines that share the database. */
  readonly process: { readonly host: string; readonly id: number; readonly nodeVersion: string };
  /** Who runs this: REFERRAL_OPERATOR, or the login name. */
  operator(): Promise<string>;
  /** Opens the database for reading, lends it, closes it. Throws `database_*`. */
  usingDatabase<T>(work: (database: Database) => Promise<T>): Promise<T>;
  /** As `usingDatabase`, without asking whether it is migrated; `create` makes a missing SQLite file. */
  usingUnmigratedDatabase<T>(
    work: (database: Database) => Promise<T>,
    options?: { create?: boolean },
  ): Promise<T>;
  /**
   * Opens the database for a change: takes the lock, records a run, lends both, closes it. With `--dry-run`
   * nothing is recorded and `run.id` is null: the work must roll back what it writes.
   */
  usingRun<T>(work: (database: Database, run: Run) => Promise<T>, options?: RunOptions): Promise<T>;
  /**
   * Asks, or accepts `--yes` / `--confirm NAME`; above `confirm_above`, which `database` says: the one that is open, or its only connection that a
   * command has for itself. Throws `confirmation_needed`.
   */
  confirm(confirmation: Confirmation, database?: Database): Promise<void>;
  /** One line on stderr, unless `--quiet`. */
  note(text: string): void;
  /** One line on stderr, only with `--verbose`. */
  detail(text: string): void;
  /** One line on stderr, even with `--quiet`. */
  warn(text: string): void;
  progress(label: string): Progress;
  /** Every command of this program, its module loaded. */
  listCommands(): Promise<readonly AnyCommand[]>;
  /** Runs another command of this program in this process, as if typed in `directory` without a terminal. */
  runCommand(words: readonly string[], place: CommandPlace): Promise<CommandOutcome>;
  /**
   * Opens a file for reading, `-` is standard input. Throws `input_missing`; the reading ends with `input_unusable` when the file
   * changes meanwhile, unless it may grow.
   */
  openInput: OpenInput;
}
