import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';
import './provide-quickstart.ts';
import { createPlace, type Place } from './cli.ts';

/**
 * A fresh copy of the folder that `referral quickstart` leaves. The thousands of mails in its outbox are hard links:
 * the program writes files beside their place and renames them, and never into an existing one.
 */
export async function createQuickstartPlace(...options: Parameters<typeof createPlace>): Promise<Place> {
  const { folder, failure } = inject('quickstart');
  if (failure !== undefined) throw new Error(failure);
  const place = await createPlace(...options);
  const entries = (await readdir(folder)).map((entry) => join(folder, entry));
  const isOutbox = (entry: string): boolean => entry.endsWith('/outbox');
  await execa('cp', ['-a', ...entries.filter((entry) => !isOutbox(entry)), place.folder]);
  for (const outbox of entries.filter(isOutbox)) await execa('cp', ['-al', outbox, place.folder]);
  return place;
}
