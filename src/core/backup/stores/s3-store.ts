import type { S3Client } from '@aws-sdk/client-s3';
import { ReferralError } from '../../errors.ts';
import type { BackupStore, StoredFile } from '../backup-store.ts';
import { type S3Settings, usingS3Errors } from './s3-errors.ts';

/** What S3 takes in one request; a larger file goes in parts of this size. */
const PART_BYTES = 8 * 1024 * 1024;
const REMOVED_AT_ONCE = 1_000;

interface Place {
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  readonly location: string;
}

/**
 * Backups in S3, or in any other store that speaks its protocol. Every file is sent with its checksum, which the store compares,
 * and read back with it. The client loads with the first request. Throws `configuration_invalid` for a location that is none.
 */
export function createS3Store(location: string, settings: S3Settings): BackupStore {
  const place = parseLocation(location);
  let loading: Promise<S3Client> | undefined;
  const client = (): Promise<S3Client> => {
    loading ??= openClient(settings);
    return loading;
  };
  const asking = <T>(work: (s3: S3Client) => Promise<T>): Promise<T> =>
    usingS3Errors(place.location, async () => work(await client()));
  const keyOf = (name: string): string => `${place.prefix}${name}`;
  return {
    location: place.location,
    locate: (name) => `${place.location}/${name}`,
    put: (name, bytes) => asking((s3) => putFile(s3, place.bucket, keyOf(name), bytes)),
    read: (name) => asking((s3) => readFile(s3, place.bucket, keyOf(name))),
    holds: (name, file) =>
      asking(async (s3) => (await findSize(s3, place.bucket, keyOf(name))) === file.bytes),
    list: (folder) => asking((s3) => listFiles(s3, place, folder)),
    remove: (names) => asking((s3) => removeFiles(s3, place.bucket, names.map(keyOf))),
    sweep: (before) => asking((s3) => abortUploads(s3, place, before)),
  };
}

function parseLocation(location: string): Place {
  const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(location);
  const [, bucket, path = ''] = match ?? [];
  const prefix = path.replace(/^\/+|\/+$/g, '');
  if (bucket === undefined || prefix.split('/').some((part) => part === '..' || part === '.')) {
    throw new ReferralError('configuration_invalid', 'This is no place in S3', {
      reason: 'a place in S3 is s3://BUCKET or s3://BUCKET/PREFIX, without credentials',
      hint: 'Write it so after --to or --from, or in backup.store of the configuration. Keys: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
    });
  }
  return {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    location: prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`,
  };
}

async function openClient(settings: S3Settings): Promise<S3Client> {
  const { S3Client } = await import('@aws-sdk/client-s3');
  const { endpoint, region, pathStyle, credentials, timeoutMs = 30_000 } = settings;
  const given = await credentials?.();
  return new S3Client({
    region: region ?? 'us-east-1',
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: pathStyle ?? endpoint !== undefined,
    ...(given === undefined ? {} : { credentials: given }),
    // Answers with 500 and cut connections are tried again with growing pauses.
    maxAttempts: settings.attempts ?? 6,
    requestHandler: { connectionTimeout: timeoutMs, requestTimeout: timeoutMs, throwOnRequestTimeout: true },
  });
}

async function putFile(s3: S3Client, bucket: string, key: string, bytes: Uint8Array): Promise<void> {
  const target = { Bucket: bucket, Key: key, Body: bytes, ChecksumAlgorithm: 'SHA256' as const };
  if (bytes.length <= PART_BYTES) {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    await s3.send(new PutObjectCommand(target));
    return;
  }
  const { Upload } = await import('@aws-sdk/lib-storage');
  await new Upload({ client: s3, params: target, partSize: PART_BYTES, queueSize: 2 }).done();
}

async function readFile(s3: S3Client, bucket: string, key: string): Promise<Buffer | undefined> {
  const { GetObjectCommand } = await import('@aws-sdk/client-s3');
  // An answer that breaks off half-way is not seen by the client's own retries.
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { Body } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
      );
      return Body === undefined ? undefined : Buffer.from(await Body.transformToByteArray());
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (attempt === 4 || !isCut(error)) throw error;
    }
  }
}

async function findSize(s3: S3Client, bucket: string, key: string): Promise<number | undefined> {
  const { HeadObjectCommand } = await import('@aws-sdk/client-s3');
  try {
    return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).ContentLength;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function listFiles(s3: S3Client, { bucket, prefix }: Place, folder: string): Promise<StoredFile[]> {
  const { ListObjectsV2Command } = await import('@aws-sdk/client-s3');
  const files: StoredFile[] = [];
  let token: string | undefined;
  do {
    const page = await s3.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}${folder}/`, ContinuationToken: token }),
    );
    for (const { Key, Size, LastModified } of page.Contents ?? []) {
      if (Key === undefined) continue;
      const name = Key.slice(prefix.length);
      files.push({ name, bytes: Size ?? 0, modified: LastModified?.getTime() ?? 0 });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function removeFiles(s3: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const { DeleteObjectsCommand } = await import('@aws-sdk/client-s3');
  for (let start = 0; start < keys.length; start += REMOVED_AT_ONCE) {
    const Objects = keys.slice(start, start + REMOVED_AT_ONCE).map((Key) => ({ Key }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors;
    if (first !== undefined)
      throw new Error(`${Errors.length} files could not be removed: ${first.Code} for ${first.Key}`);
  }
}

// Parts of a file that was never completed are not listed with the files, and are paid for.
async function abortUploads(s3: S3Client, { bucket, prefix }: Place, before: number): Promise<void> {
  const { AbortMultipartUploadCommand, ListMultipartUploadsCommand } = await import('@aws-sdk/client-s3');
  // Not every server knows the question, and a key may not be allowed to ask it; then the bucket's own rules have to clean up.
  const { Uploads = [] } = await s3
    .send(new ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix }))
    .catch(() => ({ Uploads: [] }));
  for (const { Key, UploadId, Initiated } of Uploads) {
    if (Initiated === undefined || Initiated.getTime() >= before) continue;
    await s3.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId }));
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound');
}

function isCut(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return (
    /^(ECONNRESET|EPIPE|ERR_STREAM_PREMATURE_CLOSE)$/.test(code) ||
    /aborted|premature|checksum/i.test(error.message)
  );
}
