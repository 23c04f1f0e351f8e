import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';
import type { Place } from './cli.ts';
import { createQuickstartPlace } from './quickstart-copy.ts';

/** A copy of the folder that the quick start leaves, for many tests one after the other. */
export interface RenewedPlace {
  readonly place: Place;
  /** Puts back whatever has changed since the copy was made. */
  renew(): Promise<void>;
}

const OUTBOX = 'outbox';

export async function createRenewedPlace(
  whenFinished: (cleanUp: () => Promise<void>) => void,
): Promise<RenewedPlace> {
  const { folder: original } = inject('quickstart');
  const place = await createQuickstartPlace({}, whenFinished);
  let known = tracesOf(place.folder);
  const renew = async (): Promise<void> => {
    const found = tracesOf(place.folder);
    const entries = new Set([...known.keys(), ...found.keys()]);
    const changed = [...entries].filter((entry) => known.get(entry) !== found.get(entry));
    for (const entry of changed) await putBack(entry, original, place.folder);
    if (changed.length > 0) known = tracesOf(place.folder);
  };
  return { place, renew };
}

async function putBack(entry: string, original: string, folder: string): Promise<void> {
  const [from, to] = [join(original, entry), join(folder, entry)];
  await rm(to, { recursive: true, force: true });
  if (!existsSync(from)) return;
  if (entry === OUTBOX) await execa('cp', ['-al', from, to]);
  else await cp(from, to, { recursive: true, preserveTimestamps: true });
}

/** By entry of the folder: a text that differs after any change of it or within it. */
function tracesOf(folder: string): ReadonlyMap<string, string> {
  return new Map(readdirSync(folder).map((entry) => [entry, traceOf(join(folder, entry), entry === OUTBOX)]));
}

/**
 * The kernel notes the time of every change of a file or folder. The mails of the outbox are the same files in all
 * copies, and nothing is ever written into one of them, so that the times of their folders tell enough.
 */
function traceOf(path: string, isOutbox: boolean): string {
  const { ino, ctimeNs, size } = lstatSync(path, { bigint: true });
  const entries = lstatSync(path).isDirectory() ? readdirSync(path, { withFileTypes: true }) : [];
  const within = entries
    .filter((entry) => entry.isDirectory() || !isOutbox)
    .map(({ name }) => `${name} ${traceOf(join(path, name), isOutbox)}`);
  return [ino, ctimeNs, size, ...within].join(' ');
}
