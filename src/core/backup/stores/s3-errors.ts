import { ReferralError } from '../../errors.ts';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** How to reach S3; whatever is absent is as the official client finds it in the environment. */
export interface S3Settings {
  /** Of another server that speaks S3's protocol. */
  readonly endpoint?: string | undefined;
  readonly region?: string | undefined;
  /** The bucket in the path instead of the host's name; by default with an endpoint. */
  readonly pathStyle?: boolean | undefined;
  /** Asked once, when the first request is made. */
  readonly credentials?: () => Promise<S3Credentials | undefined>;
  /** Milliseconds without an answer after which a request is tried again. */
  readonly timeoutMs?: number;
  /** How often a request is made until it counts as failed. */
  readonly attempts?: number;
}

const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError)$/;
const REFUSED =
  /^(AccessDenied|Forbidden|403|InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|TokenRefreshRequired)$/;

/** What the store or the network says, in words that a person can act on. */
export async function usingS3Errors<T>(location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ReferralError || !(cause instanceof Error)) throw cause;
    throw explain(cause, location);
  }
}

function explain(cause: Error, location: string): ReferralError {
  const { name, message } = cause;
  if (NO_CREDENTIALS.test(name)) {
    return new ReferralError('credential_missing', `There are no credentials for ${location}`, {
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or their _FILE or _COMMAND), or AWS_PROFILE.',
      cause,
    });
  }
  if (REFUSED.test(name) || statusOf(cause) === 403) {
    return new ReferralError('credential_refused', `${location} refuses the credentials`, {
      reason: name,
      hint: 'Check the keys, and that they may list, read, write and delete there: ListBucket, GetObject, PutObject, DeleteObject.',
      cause,
    });
  }
  if (name === 'NoSuchBucket') {
    return new ReferralError('configuration_invalid', `There is no bucket for ${location}`, {
      hint: 'Make the bucket, or name another one with --to or --from, or in backup.store of the configuration.',
      cause,
    });
  }
  const code = 'code' in cause ? ` (${String(cause.code)})` : '';
  return new ReferralError('provider_unreachable', `${location} can't be reached, or does not answer as S3`, {
    reason: `${name}: ${message.split('\n')[0] ?? ''}${code}`,
    hint: 'Try again later: what was written is used again. Another server than AWS is named in backup.s3_endpoint or S3_ENDPOINT.',
    cause,
  });
}

function statusOf(error: Error): number | undefined {
  const metadata = '$metadata' in error ? (error.$metadata as { httpStatusCode?: number }) : undefined;
  return metadata?.httpStatusCode;
}
