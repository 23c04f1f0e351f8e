import { z } from 'zod';
import { CODE_LENGTH } from '../codes/code.ts';
import { isLoopback } from '../delivery/is-loopback.ts';
import { isCurrency } from '../money.ts';
import { isTimezone } from '../time.ts';

const oneLine = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must be one line, without line breaks');

const domain = z
  .string()
  .trim()
  .regex(
    /^(?:[a-z0-9_](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i,
    'must be a domain, such as mail.your-company.com',
  );

/** A list; in an environment variable a text with commas. */
function listOf<T extends z.ZodType>(entry: T) {
  return z.preprocess(
    (value) =>
      typeof value === 'string'
        ? value.split(',').flatMap((text) => (text.trim() === '' ? [] : [text.trim()]))
        : value,
    z.array(entry),
  );
}

const senderList = listOf(
  z.union([z.email(), domain], 'must be addresses and domains, such as your-company.com'),
);

const addressList = listOf(z.email('must be addresses, such as ops@your-company.com'));

const keyList = listOf(
  z.string().regex(/^age1[0-9a-z]+$/, 'must be public keys of age, which begin with age1'),
);

const webhookUrl = z.url().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}, 'must be an https:// address');

const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https:// address' });

/** `true` and `false`, and what people write for them in an environment variable. */
const flag = z.preprocess((value) => {
  const word = String(value).trim().toLowerCase();
  if (/^(true|1|yes|on)$/.test(word)) return true;
  return /^(false|0|no|off)$/.test(word) ? false : value;
}, z.boolean('must be true or false'));

const positive = z.coerce.number().int().min(1);
const decimal = z.preprocess(
  (value) => (typeof value === 'number' ? String(value) : value),
  z.string().regex(/^\d{1,12}(?:\.\d{1,4})?$/, 'must be an amount, such as 25.00'),
);

/** The configuration of one installation. Every key has a default that works for trying things out. */
export const configSchema = z.strictObject({
  /** False switches the referral program off: nobody is mailed, paid, enrolled or credited. */
  enabled: flag.default(true),
  database: z
    .strictObject({
      url: z.string().min(1).default('sqlite:referral.db'),
      /** PostgreSQL only: connections that one process opens at most. */
      pool_max: z.coerce.number().int().min(1).max(200).default(8),
      connect_timeout_ms: z.coerce.number().int().min(100).default(10_000),
      statement_timeout_ms: z.coerce.number().int().min(0).default(0),
      /** `verify` checks the server's certificate and name, `require` only encrypts, `off` never does, `auto` verifies except on the loopback interface. */
      tls: z.enum(['auto', 'verify', 'require', 'off']).default('auto'),
      tls_ca_file: z.string().optional(),
      /** Nothing is ever written; commands that change something are refused. */
      read_only: flag.default(false),
    })
    .prefault({}),
  mail: z
    .strictObject({
      from_email: z.email().default('contest@example.test'),
      from_name: oneLine.default('Referral contest'),
      reply_to: z.email().optional(),
      organisation: oneLine.default('Example Travel'),
      postal_address: z
        .string()
        .trim()
        .min(1, 'must not be empty: commercial mail has to show where its sender is')
        .default('Example Travel, 1 Placeholder Street, 1000 AA Exampletown'),
      /** Addresses and domains that the provider lets us send from; a list, or a text with commas. */
      verified_senders: senderList.default([]),
      /** The domain that signs our mails (`d=` of the DKIM signature), and the one that bounces go to. */
      dkim_domain: domain.optional(),
      return_path_domain: domain.optional(),
      dmarc_alignment: z.enum(['relaxed', 'strict']).default('relaxed'),
    })
    .prefault({}),
  unsubscribe: z
    .strictObject({ base_url: httpsUrl.default('https://example.test/unsubscribe') })
    .prefault({}),
  links: z
    .strictObject({
      /** Where a shared code leads; `{code}` is replaced. */
      referral_url: httpsUrl.default('https://example.test/r/{code}'),
    })
    .prefault({}),
  outbox: z.strictObject({ directory: z.string().min(1).default('outbox') }).prefault({}),
  smtp: z
    .strictObject({
      url: z.string().optional(),
      /** Signs mails over SMTP ourselves, for `mail.dkim_domain`; both or none. */
      dkim_selector: z
        .string()
        .regex(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i, 'must be a name, such as s1')
        .optional(),
      dkim_key_file: z.string().min(1).optional(),
    })
    .prefault({}),
  sendgrid: z
    .strictObject({
      base_url: z.url().default('https://api.sendgrid.com'),
      /** May what is in doubt be looked up in SendGrid's log? An add-on of the account. */
      email_activity: z.enum(['off', 'on']).default('off'),
    })
    .prefault({}),
  /** Who is told when a job begins to fail, and when it works again. */
  notify: z
    .strictObject({
      mail_to: addressList.default([]),
      webhook_url: webhookUrl.optional(),
    })
    .prefault({}),
  codes: z
    .strictObject({
      length: z.coerce.number().int().min(CODE_LENGTH.min).max(CODE_LENGTH.max).default(CODE_LENGTH.standard),
      expires_in_days: positive.max(36_500).default(365),
    })
    .prefault({}),
  /** What a new contest has where its rules do not say otherwise. */
  contests: z
    .strictObject({
      max_referrals: z.coerce.number().int().min(0).optional(),
      auto_approve: flag.optional(),
      require_booking_reference: flag.optional(),
      reward_amount: decimal.optional(),
      reward_days: positive.max(3_650).optional(),
      master_threshold: positive.optional(),
    })
    .prefault({}),
  reports: z
    .strictObject({
      /** What a booking brings on average, in `currency`, for estimates. */
      average_booking_value: decimal.optional(),
    })
    .prefault({}),
  backup: z
    .strictObject({
      /** A folder, or s3://BUCKET/PREFIX. */
      store: z.string().min(1).default('backups'),
      /** Public keys of age that backups are encrypted to; a list, or a text with commas. */
      encrypt_to: keyList.default([]),
      /** Of a server other than AWS that speaks S3's protocol. */
      s3_endpoint: z
        .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
        .optional(),
      s3_region: z.string().min(1).optional(),
      /** The bucket in the path instead of the host's name; `auto` does so with an endpoint. */
      s3_path_style: z.enum(['auto', 'on', 'off']).default('auto'),
    })
    .prefault({}),
  locale: z.string().min(2).default('en'),
  timezone: z.string().refine(isTimezone, 'is not an IANA time zone').default('UTC'),
  currency: z.string().refine(isCurrency, 'is not an ISO 4217 currency').default('EUR'),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration of an installation that has none. */
export function defaultConfig(): Config {
  return configSchema.parse({});
}
