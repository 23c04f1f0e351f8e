import type { Run } from '../audit/run.ts';
import type { Clock } from '../clock.ts';
import type { DatabaseConfig } from '../database/database-config.ts';
import type { OnProgress } from '../progress.ts';
import type { Random } from '../random.ts';
import type { RunStart } from '../runs/record-run.ts';
import type { ArchiveReader } from './archive-reader.ts';
import type { Manifest } from './manifest.ts';

/** What both engines need to put a verified archive in the place of a database. */
export interface RestoreOptions {
  readonly id: string;
  readonly manifest: Manifest;
  readonly reader: ArchiveReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly run: Run;
  /** The restore itself, as it is recorded in the restored database. */
  readonly start?: RunStart | undefined;
  readonly programVersion: string;
  readonly config: DatabaseConfig;
  readonly onProgress?: OnProgress | undefined;
}
