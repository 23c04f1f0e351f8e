import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { ReferralError } from '../errors.ts';
import type { Random } from '../random.ts';
import type { BackupStore, StoredFile } from './backup-store.ts';

/*
 * Chunks that no manifest names are rubbish, or belong to a backup that is being made. So whoever makes a backup and whoever
 * collects rubbish each puts a note into the store first and then looks for notes of the other kind: of two that begin at the same
 * time at least one sees the other. A collector that sees a maker collects nothing this time; a maker that sees a collector waits.
 * A note is renewed while its process lives, and counts for nothing a while after that, by the clock of the store.
 */
export type ClaimKind = 'create' | 'prune';

export interface ClaimOptions {
  readonly store: BackupStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** For tests: milliseconds after which a note of which nothing was heard counts for nothing. */
  readonly staleMs?: number;
}

export interface Claim {
  /** Milliseconds since the note was last known to be in the store. */
  age(): number;
  release(): Promise<void>;
}

const STALE_MS = 60_000;
const RENEWALS = 6;
const WORKING = 'working';

/** Notes that this process makes a backup, and waits for a collector to end. Throws `interrupted`. */
export async function claimForCreate(options: ClaimOptions): Promise<Claim> {
  const { claim, name } = await putClaim('create', options);
  try {
    while ((await listOthers('prune', name, options)).length > 0) {
      if (options.signal?.aborted === true) {
        throw new ReferralError('interrupted', 'The backup was not begun', {
          hint: 'Start it again: another process was removing old backups from the store.',
        });
      }
      await sleep(Math.min(1_000, (options.staleMs ?? STALE_MS) / 4));
    }
    return claim;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** Notes that this process collects rubbish; undefined while a backup is being made or somebody else collects. */
export async function claimForPrune(options: ClaimOptions): Promise<Claim | undefined> {
  const { claim, name } = await putClaim('prune', options);
  const others = [
    ...(await listOthers('create', name, options)),
    ...(await listOthers('prune', name, options)),
  ];
  if (others.length === 0) return claim;
  await claim.release();
  return undefined;
}

async function putClaim(
  kind: ClaimKind,
  { store, clock, random, staleMs = STALE_MS }: ClaimOptions,
): Promise<{ readonly claim: Claim; readonly name: string }> {
  const name = `${WORKING}/${kind}-${Buffer.from(random.bytes(8)).toString('hex')}.json`;
  let renewed = clock.milliseconds();
  const put = async (): Promise<void> => {
    const began = clock.milliseconds();
    await store.put(name, Buffer.from(JSON.stringify({ kind, at: clock.now() })));
    renewed = began;
  };
  await put();
  // A renewal that fails shows in the age; what the store says about it is told by the work itself.
  let renewing = Promise.resolve();
  const timer = setInterval(() => {
    renewing = put().catch(() => undefined);
  }, staleMs / RENEWALS);
  timer.unref();
  const claim: Claim = {
    age: () => clock.milliseconds() - renewed,
    async release() {
      clearInterval(timer);
      await renewing;
      await store.remove([name]).catch(() => undefined);
    },
  };
  return { claim, name };
}

/** Notes of living processes other than this one; those of dead ones are removed. */
async function listOthers(
  kind: ClaimKind,
  own: string,
  { store, staleMs = STALE_MS }: ClaimOptions,
): Promise<StoredFile[]> {
  const files = await store.list(WORKING);
  // Every time is the store's, so that nobody's clock has to be right.
  const now = Math.max(...files.map(({ modified }) => modified));
  const others = files.filter((file) => file.name !== own && file.name.startsWith(`${WORKING}/${kind}-`));
  const dead = others.filter(({ modified }) => modified < now - staleMs);
  if (dead.length > 0) await store.remove(dead.map(({ name }) => name));
  return others.filter((file) => !dead.includes(file));
}
