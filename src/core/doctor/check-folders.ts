import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../settings/config.ts';
import { type Check, fail, ok, warn } from './check.ts';

const MEGABYTE = 1024 * 1024;
const LEAST_FREE_MB = 500;

/** The folders that the program writes into, and who may read its secrets. */
export async function checkFolders(config: Config, directory: string): Promise<readonly Check[]> {
  const checks = [
    await checkWritable('outbox', 'The outbox', resolve(directory, config.outbox.directory)),
    await checkSpace(directory),
    await checkSecretsFile(join(directory, '.env')),
  ];
  if (config.backup.store.includes('://')) return checks;
  return [
    await checkWritable('backup_store', 'The folder of the backups', resolve(directory, config.backup.store)),
    ...checks,
  ];
}

/** A folder that is not there yet is made on first use: what counts is the nearest one that is. */
async function checkWritable(check: string, label: string, folder: string): Promise<Check> {
  const existing = await nearestExisting(folder);
  try {
    if (!(await stat(existing)).isDirectory()) {
      return fail(check, `${label} is a file, not a folder: ${existing}`, `mv ${existing} ${existing}.old`);
    }
    await access(existing, constants.W_OK | constants.X_OK);
    return ok(check, `${label} can be written: ${folder}`);
  } catch {
    return fail(check, `${label} can't be written: ${existing}`, `chmod u+rwx ${existing}`);
  }
}

async function nearestExisting(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch {
    const parent = dirname(path);
    return parent === path ? path : nearestExisting(parent);
  }
}

async function checkSpace(directory: string): Promise<Check> {
  const { bavail, bsize } = await statfs(directory);
  const free = Math.floor((bavail * bsize) / MEGABYTE);
  if (free >= LEAST_FREE_MB) return ok('disk', `${Math.floor(free / 1024)} GB free`);
  return warn('disk', `Only ${free} MB are free`, `Free some space on the disk of ${directory}`);
}

async function checkSecretsFile(path: string): Promise<Check> {
  try {
    const { mode } = await stat(path);
    if ((mode & 0o077) === 0) return ok('secrets_file', 'Only you can read .env');
    return warn('secrets_file', 'Others on this machine can read .env', `chmod 600 ${path}`);
  } catch {
    return ok('secrets_file', 'There is no .env');
  }
}
