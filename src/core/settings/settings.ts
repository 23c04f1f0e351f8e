import { z } from 'zod';
import type { Queries } from '../database/database.ts';
import { nearest } from '../did-you-mean.ts';
import { ReferralError } from '../errors.ts';
import { JOB_NAMES } from '../jobs/job-names.ts';
import { WEEKDAYS } from '../jobs/job-slot.ts';
import { DEFAULT_DOMAIN_CLASSES } from '../limits/domain-class.ts';
import {
  accountCapsSchema,
  accountRatesSchema,
  domainClassesSchema,
  domainRatesSchema,
  frequencyCapSchema,
  warmUpSchema,
} from './limit-schemas.ts';
import { findSetting, listSettingRowsOf } from './settings-queries.ts';

interface Definition<T> {
  readonly description: string;
  readonly schema: z.ZodType<T>;
  readonly value: T;
}

function define<T>(schema: z.ZodType<T>, value: T, description: string): Definition<T> {
  return { schema, value, description };
}

const count = z.number().int().min(0);
// `0.85` arrives as a number and is kept as the text that it was typed as.
const price = z
  .union([z.number(), z.string()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,9}(?:\.\d{1,6})?$/, 'must be an amount, such as 0.85'));
const keepDays = z.number().int().min(1).max(36_500).nullable();
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of the day, such as 02:00');
const share = z.number().min(0).max(1);
const days = z.number().int().min(1).max(3_650);

/** Every setting: its type, its default and what it does. Operators set them in the database, for everyone who uses it. */
export const SETTINGS = {
  'audit.keep_days': define(
    keepDays,
    null,
    'the job prune-logs cuts older entries off the audit log, into a file; null keeps them',
  ),
  'backup.keep_daily': define(count, 7, 'daily backups to keep'),
  'backup.keep_weekly': define(count, 5, 'weekly backups to keep'),
  'backup.keep_monthly': define(count, 12, 'monthly backups to keep'),
  'campaigns.frequency_cap': define(
    frequencyCapSchema,
    null,
    'at most so many mails per person in so many days, over all campaigns: 2/7d',
  ),
  'campaigns.allow_missing_values': define(
    z.boolean(),
    false,
    'a campaign is sent although some have no value for a slot; they are left out',
  ),
  'campaigns.price_per_thousand': define(
    price.nullable(),
    null,
    'what the provider asks for a thousand mails, in the currency of the configuration',
  ),
  'campaigns.require_approval': define(
    z.boolean(),
    false,
    'a campaign needs `campaigns approve` before it is sent',
  ),
  confirm_above: define(count, 1_000, 'more people than this need --confirm NAME instead of --yes'),
  'rewards.debtor': define(
    z
      .strictObject({ name: z.string().min(1), iban: z.string().min(1), bic: z.string().optional() })
      .nullable(),
    null,
    'the account that rewards are paid from: {"name":"Your Company","iban":"NL91ABNA0417164300"}',
  ),
  'jobs.daily_at': define(
    timeOfDay,
    '02:00',
    'from when on daily and weekly jobs are due, in the configured time zone',
  ),
  'jobs.disabled': define(
    z.array(z.enum(JOB_NAMES)),
    [],
    'jobs that are not done by themselves: ["drill","score-segments"]',
  ),
  'jobs.keep_days': define(days, 90, 'the job prune-logs forgets what jobs did before that'),
  'jobs.transport': define(
    z.enum(['outbox', 'smtp', 'sendgrid']).nullable(),
    null,
    'how mails of campaigns leave that jobs begin; null is the outbox where no provider is set up',
  ),
  'jobs.weekly_on': define(z.enum(WEEKDAYS), 'sunday', 'the day of the weekly jobs'),
  'runs.keep_days': define(
    keepDays,
    null,
    'the job prune-logs removes older runs that nothing refers to; null keeps them',
  ),
  'sending.account_daily_caps': define(
    accountCapsSchema,
    {},
    'mails per day, by account: {"sendgrid":100000}',
  ),
  'sending.account_rates': define(
    accountRatesSchema,
    {},
    'mails per second, by account: {"sendgrid":"100/s"}',
  ),
  'sending.domain_classes': define(
    domainClassesSchema,
    DEFAULT_DOMAIN_CLASSES,
    'classes of recipient domains; `yahoo.*` is that name under any ending',
  ),
  'sending.domain_rates': define(
    domainRatesSchema,
    {},
    'mails per second, by class of recipient domains: {"gmail":"20/s"}',
  ),
  'sending.warm_up': define(
    warmUpSchema,
    {},
    'volumes of the first days of an account: {"sendgrid":{"starts_on":"2026-03-01","volumes":[50,100,500]}}',
  ),
  'reports.assist_days': define(
    days,
    30,
    'a mail within this many days before a booking without a code has assisted it',
  ),
  'segments.active_days': define(days, 90, 'active within this many days: active_user'),
  'segments.new_days': define(days, 30, 'joined within this many days: new_user'),
  'segments.power_bookings': define(count.min(1), 5, 'at least this many bookings: power_user'),
  'segments.inactive_days': define(days, 90, 'not active for this many days: inactive_user'),
  'targets.bounce_rate': define(
    share,
    0.02,
    'reports: bounces should stay below this share of accepted mails',
  ),
  'targets.click_rate': define(share, 0.08, 'reports: at least this share of delivered mails is clicked'),
  'targets.complaint_rate': define(
    share,
    0.001,
    'reports: complaints should stay below this share of delivered mails',
  ),
  'targets.conversion_rate': define(
    share,
    0.03,
    'reports: at least this share of delivered mails brings a referral',
  ),
  'targets.open_rate': define(share, 0.25, 'reports: at least this share of delivered mails is opened'),
  'targets.referral_rate': define(
    share,
    0.15,
    'reports: at least this share of participants brings a referral',
  ),
  'targets.return_rate': define(
    z.number().min(0).max(1_000),
    3,
    'reports: revenue from referrals less the cost of the program, at least so many times its cost',
  ),
  'targets.viral_coefficient': define(
    z.number().min(0).max(1_000),
    1.2,
    'reports: a participant brings at least so many friends',
  ),
} as const;

export type SettingName = keyof typeof SETTINGS;
export type SettingValue<Name extends SettingName> = z.infer<(typeof SETTINGS)[Name]['schema']>;

/** The value of a setting: as set in the database, else its default. Throws `configuration_invalid` when what is stored is no longer valid. */
export async function getSetting<Name extends SettingName>(
  queries: Queries,
  name: Name,
): Promise<SettingValue<Name>> {
  const row = await findSetting(queries, name);
  return (row === undefined ? SETTINGS[name].value : parseStored(name, row.value)) as SettingValue<Name>;
}

/** The values of several settings, read by one statement. Throws `configuration_invalid`. */
export async function getSettings<Name extends SettingName>(
  queries: Queries,
  names: readonly Name[],
): Promise<{ readonly [Each in Name]: SettingValue<Each> }> {
  const stored = new Map((await listSettingRowsOf(queries, names)).map((row) => [row.name, row.value]));
  const entries = names.map((name) => {
    const value = stored.get(name);
    return [name, value === undefined ? SETTINGS[name].value : parseStored(name, value)];
  });
  return Object.fromEntries(entries) as { readonly [Each in Name]: SettingValue<Each> };
}

/** Is this the name of a setting? */
export function isSettingName(name: string): name is SettingName {
  return Object.hasOwn(SETTINGS, name);
}

/** The name of a setting. Throws `not_found` with the nearest known one. */
export function parseSettingName(name: string): SettingName {
  if (isSettingName(name)) return name;
  const near = nearest(name, Object.keys(SETTINGS));
  throw new ReferralError('not_found', `There is no setting ${name}`, {
    hint:
      near === undefined
        ? 'See: referral settings list'
        : `Did you mean ${near}? See: referral settings list`,
  });
}

/** Whether a value is one that the setting can have. Throws `usage`. */
export function parseSettingValue(name: SettingName, value: unknown): unknown {
  const result = SETTINGS[name].schema.safeParse(value);
  if (result.success) return result.data;
  throw new ReferralError('usage', `${name}: ${JSON.stringify(value)} is not a value it can have`, {
    reason: result.error.issues[0]?.message ?? 'it is not valid',
    hint: `The default is ${JSON.stringify(SETTINGS[name].value)}: ${SETTINGS[name].description}.`,
  });
}

/** What a person types: `2000` is a number, `true` a flag, `weekly` a text. */
export function parseSettingText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function parseStored(name: SettingName, stored: string): unknown {
  const result = SETTINGS[name].schema.safeParse(JSON.parse(stored));
  if (result.success) return result.data;
  throw new ReferralError('configuration_invalid', `The setting ${name} has a value that it can't have`, {
    reason: result.error.issues[0]?.message ?? 'it is not valid',
    hint: `Set it again: referral settings set ${name} ${JSON.stringify(SETTINGS[name].value)}`,
  });
}
