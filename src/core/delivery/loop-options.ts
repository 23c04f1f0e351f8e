import type { Campaign } from '../campaigns/campaign.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import type { Random } from '../random.ts';
import type { Keyring } from '../settings/keyring.ts';
import type { Values } from '../templates/values.ts';
import type { Sleep } from './pace.ts';
import type { Sender } from './sender.ts';
import type { Message, Transport } from './transport.ts';
import type { VariantDraw } from './variant-draw.ts';

export interface LoopOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyring: Keyring;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly campaign: Campaign;
  /** The contest's, for recipients whose own is not known. */
  readonly timezone: string;
  /** That of the days of daily caps. */
  readonly dayTimezone: string;
  /** Do senders on several machines take their time from the database's server? */
  readonly followsServer: boolean;
  readonly sender: Sender;
  readonly host: string;
  readonly transport: Transport;
  readonly instanceId: string;
  /** By variant. */
  readonly messages: ReadonlyMap<string, Message>;
  readonly loadValues: (customerRefs: readonly number[]) => Promise<ReadonlyMap<number, Values>>;
  readonly concurrency: number;
  readonly batchSize: number;
  readonly limit: number | undefined;
  readonly maxErrors: number | undefined;
  /** Where variants are drawn while sending. */
  readonly variantDraw?: VariantDraw | undefined;
  /** Mails held longer than this are left for a later run. */
  readonly patienceMs: number;
  readonly onProgress?: (handled: number) => void;
}
