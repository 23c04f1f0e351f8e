import { existsSync } from 'node:fs';
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ReferralError } from '../errors.ts';
import type { PlannedFiles } from './plan-files.ts';

export const CONFIG_FILE = 'referral.config.json';
export const ENV_FILE = '.env';

/** Refuses a folder that was set up before, unless forced. Throws `output_exists`. */
export function assertNotSetUp(directory: string, force: boolean): void {
  const existing = [CONFIG_FILE, ENV_FILE].filter((file) => existsSync(join(directory, file)));
  if (force || existing.length === 0) return;
  throw new ReferralError('output_exists', `This folder is set up already: ${existing.join(' and ')}`, {
    reason: 'Nothing was written.',
    hint: 'Check it with: referral doctor. To change an answer, give its flag (referral init --help) or leave out --yes; to begin again, add --force: a secret in .env stays.',
    details: { existing },
  });
}

/** The configuration that is there, or undefined. Throws `configuration_invalid` for one that is no JSON object. */
export async function readConfigFile(directory: string): Promise<object | undefined> {
  const path = join(directory, CONFIG_FILE);
  if (!existsSync(path)) return undefined;
  try {
    const document: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document;
    throw new SyntaxError('it must be a JSON object');
  } catch (cause) {
    throw new ReferralError('configuration_invalid', `The configuration file can't be read: ${CONFIG_FILE}`, {
      reason: cause instanceof Error ? cause.message : String(cause),
      hint: 'Mend the file, or write a new one with: referral init --force',
      cause,
    });
  }
}

export async function readEnvFile(directory: string): Promise<string | undefined> {
  const path = join(directory, ENV_FILE);
  return existsSync(path) ? await readFile(path, 'utf8') : undefined;
}

/** Writes both files beside their place and renames them; `.env` can be read by its owner only. */
export async function writeFiles(directory: string, { config, env }: PlannedFiles): Promise<void> {
  await replaceFile(join(directory, ENV_FILE), env, 0o600);
  await replaceFile(join(directory, CONFIG_FILE), config, 0o644);
}

async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const temporary = `${path}.part`;
  await writeFile(temporary, text, { mode });
  await chmod(temporary, mode);
  await rename(temporary, path);
}
