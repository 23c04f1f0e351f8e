import type { Run } from '../audit/run.ts';
import type { BackupStore } from '../backup/backup-store.ts';
import type { Unseal } from '../backup/encryption.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Sleep } from '../delivery/pace.ts';
import type { Transport, TransportName } from '../delivery/transport.ts';
import type { Random } from '../random.ts';
import type { Config } from '../settings/config.ts';
import type { Keyring } from '../settings/keyring.ts';

/** What the work of a job may use. */
export interface JobContext {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly run: Run;
  readonly config: Config;
  readonly keyring: Keyring;
  /** Aborted by a signal, or when the job's time is up. */
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  /** Relative folders are below it. */
  readonly directory: string;
  readonly host: string;
  readonly processId: number;
  readonly programVersion: string;
  /** Is a provider set up, beside the outbox? */
  readonly hasProvider: boolean;
  openTransport(name: TransportName): Promise<Transport>;
  /** The configured store of backups. */
  openStore(): Promise<BackupStore>;
  /** What opens encrypted backups, where the private key is on this machine. */
  findUnseal(): Promise<Unseal | undefined>;
  /** Count what would change, and change nothing. */
  readonly dryRun: boolean;
}

export interface JobOutcome {
  /** Figures, names and digests; no personal data. */
  readonly summary: Readonly<Record<string, unknown>>;
  /** Was some of it refused, or is it in doubt? */
  readonly partial?: boolean;
}

/** Does one job, so that doing it again changes nothing. */
export type JobWork = (context: JobContext) => Promise<JobOutcome>;
