import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BackupStore } from '../../core/backup/backup-store.ts';
import { createUnseal, type Unseal } from '../../core/backup/encryption.ts';
import { type FoundBackup, findBackup, openStore } from '../../core/backup/find-backup.ts';
import type { S3Settings } from '../../core/backup/stores/s3-errors.ts';
import { ReferralError } from '../../core/errors.ts';
import type { Context } from '../_runtime/context.ts';

export const ID_ARGUMENT = {
  syntax: '<id>',
  description: 'id, its first 8 or more digits, latest, or the path of a manifest',
} as const;

export const FROM_OPTION = {
  flags: '--from <store>',
  description: 'where the backups lie: a folder or s3://BUCKET/PREFIX',
  defaultText: 'backup.store of the configuration',
} as const;

export const IDENTITY_OPTION = {
  flags: '--identity-file <file>',
  description: 'private key of age for an encrypted backup',
  defaultText: 'REFERRAL_BACKUP_IDENTITY, …_FILE or …_COMMAND',
} as const;

/** The store of `--to` or `--from`, by default the configured one. Nothing is read yet. */
export async function openBackupStore(context: Context, location: string | undefined): Promise<BackupStore> {
  const { backup } = await context.config();
  return openStore(location ?? backup.store, context.io.directory, context.random, await s3Settings(context));
}

/** The backup that a person named. Throws `not_found`. */
export async function findNamedBackup(
  context: Context,
  id: string,
  from: string | undefined,
): Promise<FoundBackup> {
  return findBackup(id, await openBackupStore(context, from), context.io.directory, context.random);
}

/** The private key of `--identity-file` or the environment; undefined without one. */
export async function findUnseal(context: Context, file: string | undefined): Promise<Unseal | undefined> {
  const identity =
    file === undefined
      ? await context.findSecret('REFERRAL_BACKUP_IDENTITY')
      : await readIdentity(resolve(context.io.directory, file), file);
  return identity === undefined ? undefined : createUnseal(identity);
}

async function readIdentity(path: string, file: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new ReferralError('credential_missing', `The private key ${file} can't be read`, {
      reason: cause instanceof Error ? cause.message : String(cause),
      hint: 'Name the file that age-keygen wrote: --identity-file FILE.',
      cause,
    });
  }
}

async function s3Settings(context: Context): Promise<S3Settings> {
  const { s3_endpoint, s3_region, s3_path_style } = (await context.config()).backup;
  return {
    endpoint: s3_endpoint,
    region: s3_region,
    pathStyle: s3_path_style === 'auto' ? undefined : s3_path_style === 'on',
    // Without these the official client looks where it always does: profiles, roles, metadata of the machine.
    async credentials() {
      const accessKeyId = await context.findSecret('AWS_ACCESS_KEY_ID');
      const secretAccessKey = await context.findSecret('AWS_SECRET_ACCESS_KEY');
      const sessionToken = await context.findSecret('AWS_SESSION_TOKEN');
      if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
      return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
    },
  };
}
