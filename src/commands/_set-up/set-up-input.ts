import { z } from 'zod';
import type { Answers } from '../../core/set-up/answers.ts';
import type { OptionSpec } from '../_runtime/command.ts';

export const TRANSPORTS = ['outbox', 'smtp', 'sendgrid'] as const;
export type SetUpTransport = (typeof TRANSPORTS)[number];

/** Every answer of `init` as a flag; secrets come from the environment, or are typed on a terminal. */
export const SET_UP_OPTIONS: readonly OptionSpec[] = [
  { flags: '--organisation <name>', description: 'your organisation, as it stands in mails' },
  { flags: '--from-email <address>', description: 'address that mails come from' },
  { flags: '--from-name <name>', description: 'name that mails come from' },
  { flags: '--postal-address <address>', description: 'postal address in the footer' },
  { flags: '--unsubscribe-url <url>', description: 'where unsubscribe links lead' },
  { flags: '--referral-url <url>', description: 'where a shared code leads, with {code}' },
  { flags: '--currency <code>', description: 'currency of your rewards' },
  {
    flags: '--transport <name>',
    description: 'how mails will leave; smtp reads REFERRAL_SMTP_URL, sendgrid reads SENDGRID_API_KEY',
    choices: TRANSPORTS,
    defaultText: 'outbox',
  },
  {
    flags: '--verified-senders <list>',
    description: 'addresses and domains that the provider lets you send from, with commas between',
  },
  { flags: '--no-test', description: 'do not ask the provider whether it would take our mails' },
  { flags: '--import <file>', description: 'take in a first customer export' },
  { flags: '--map <column=field>', description: 'of that file: this column is that field', repeatable: true },
  {
    flags: '--consent <consent>',
    description: 'of that file: what everyone has said whose row says nothing about consent',
    choices: ['granted', 'withdrawn', 'unknown'],
  },
];

export const setUpSchema = z.object({
  database: z.string().min(1).optional(),
  organisation: z.string().optional(),
  fromEmail: z.string().optional(),
  fromName: z.string().optional(),
  postalAddress: z.string().optional(),
  unsubscribeUrl: z.string().optional(),
  referralUrl: z.string().optional(),
  currency: z.string().optional(),
  transport: z.enum(TRANSPORTS).optional(),
  verifiedSenders: z.string().optional(),
  test: z.boolean().default(true),
  import: z.string().min(1).optional(),
  map: z.array(z.string()).default([]),
  consent: z.enum(['granted', 'withdrawn', 'unknown']).optional(),
});

export type SetUpInput = z.infer<typeof setUpSchema>;

/** The answers that were given as flags. */
export function answersOfFlags(input: SetUpInput, timezone: string | undefined): Answers {
  const given: Readonly<Record<string, string | undefined>> = {
    'database.url': input.database,
    'mail.organisation': input.organisation,
    'mail.from_email': input.fromEmail,
    'mail.from_name': input.fromName,
    'mail.postal_address': input.postalAddress,
    'unsubscribe.base_url': input.unsubscribeUrl,
    'links.referral_url': input.referralUrl,
    timezone,
    currency: input.currency,
    'mail.verified_senders': input.verifiedSenders,
  };
  return Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
