import type { Environment, EnvironmentValue } from './environment.ts';

export interface EarlierValue {
  readonly value: unknown;
  /** `environment DB_HOST, DB_PORT` */
  readonly origin: string;
}

/** One variable that means what one of our keys means. */
const SAME_MEANING: Readonly<Record<string, string>> = {
  ENABLE_REFERRAL_SYSTEM: 'enabled',
  REFERRAL_CODE_LENGTH: 'codes.length',
  REFERRAL_CODE_EXPIRATION_DAYS: 'codes.expires_in_days',
  MAX_REFERRALS_PER_CUSTOMER: 'contests.max_referrals',
  AUTO_APPROVE_REFERRALS: 'contests.auto_approve',
  REQUIRE_BOOKING_REFERENCE: 'contests.require_booking_reference',
  DEFAULT_REWARD_AMOUNT: 'contests.reward_amount',
  REFERRAL_REWARD_DAYS: 'contests.reward_days',
  REFERRAL_MASTER_THRESHOLD: 'contests.master_threshold',
  AVERAGE_BOOKING_VALUE: 'reports.average_booking_value',
  DB_POOL_MAX: 'database.pool_max',
};

const TLS_MODES: Readonly<Record<string, string>> = {
  true: 'verify',
  1: 'verify',
  yes: 'verify',
  on: 'verify',
  'verify-ca': 'verify',
  'verify-full': 'verify',
  require: 'require',
  prefer: 'require',
  false: 'off',
  0: 'off',
  no: 'off',
  off: 'off',
  disable: 'off',
};

/** What the variables of earlier systems say, by our keys. Addresses of servers are put together from their parts. */
export async function readEarlierVariables(
  environment: Environment,
): Promise<ReadonlyMap<string, EarlierValue>> {
  const found = new Map<string, EarlierValue>();
  for (const [variable, key] of Object.entries(SAME_MEANING)) {
    const value = await environment.find(variable);
    if (value !== undefined) found.set(key, { value: value.value.trim(), origin: originOf([value]) });
  }
  for (const [key, value] of await readSender(environment)) found.set(key, value);
  const composed = [
    ['database.url', await readDatabaseUrl(environment)],
    ['database.tls', await readTls(environment)],
    ['smtp.url', await readSmtpUrl(environment)],
  ] as const;
  for (const [key, value] of composed) if (value !== undefined) found.set(key, value);
  return found;
}

/** `Your Company <hello@your-company.com>` is both the name and the address. */
async function readSender(environment: Environment): Promise<readonly (readonly [string, EarlierValue])[]> {
  const from = await environment.find('SMTP_FROM');
  const named = await environment.find('SMTP_FROM_NAME');
  const [, name = '', address = from?.value.trim() ?? ''] =
    /^"?([^"<]*?)"?\s*<([^<>]+)>$/.exec(from?.value.trim() ?? '') ?? [];
  return [
    ...(from === undefined
      ? []
      : [['mail.from_email', { value: address, origin: originOf([from]) }] as const]),
    ...(named !== undefined
      ? [['mail.from_name', { value: named.value.trim(), origin: originOf([named]) }] as const]
      : from === undefined || name === ''
        ? []
        : [['mail.from_name', { value: name, origin: originOf([from]) }] as const]),
  ];
}

async function readDatabaseUrl(environment: Environment): Promise<EarlierValue | undefined> {
  const host = await environment.find('DB_HOST');
  if (host === undefined || (await namesAnotherEngine(environment))) return undefined;
  const port = await environment.find('DB_PORT');
  const name = await findFirst(environment, ['DB_NAME', 'DB_DATABASE']);
  const user = await findFirst(environment, ['DB_USER', 'DB_USERNAME']);
  const password = await findFirst(environment, ['DB_PASSWORD', 'DB_PASS']);
  const server = authority(user, password, host, port);
  return {
    value: `postgres://${server}/${encodeURIComponent(name?.value ?? '')}`,
    origin: originOf([host, port, name, user, password]),
  };
}

// The same names are used for MySQL and others.
async function namesAnotherEngine(environment: Environment): Promise<boolean> {
  const kind = await findFirst(environment, [
    'DB_CONNECTION',
    'DB_DIALECT',
    'DB_TYPE',
    'DB_CLIENT',
    'DB_DRIVER',
  ]);
  if (kind !== undefined) return !/^(postgres|postgresql|pg|pgsql)$/i.test(kind.value.trim());
  return (await environment.find('DB_PORT'))?.value.trim() === '3306';
}

async function readTls(environment: Environment): Promise<EarlierValue | undefined> {
  const value = await environment.find('DB_SSL');
  if (value === undefined) return undefined;
  const word = value.value.trim().toLowerCase();
  return { value: TLS_MODES[word] ?? word, origin: originOf([value]) };
}

async function readSmtpUrl(environment: Environment): Promise<EarlierValue | undefined> {
  const host = await environment.find('SMTP_HOST');
  if (host === undefined) return undefined;
  const port = await environment.find('SMTP_PORT');
  const user = await findFirst(environment, ['SMTP_USER', 'SMTP_USERNAME']);
  const password = await findFirst(environment, ['SMTP_PASSWORD', 'SMTP_PASS']);
  const secure = await environment.find('SMTP_SECURE');
  const word = secure?.value.trim().toLowerCase() ?? '';
  const isSecure = word === '' ? port?.value.trim() === '465' : /^(true|1|yes|on|ssl|tls)$/.test(word);
  return {
    value: `${isSecure ? 'smtps' : 'smtp'}://${authority(user, password, host, port)}`,
    origin: originOf([host, port, user, password, secure]),
  };
}

function authority(
  user: EnvironmentValue | undefined,
  password: EnvironmentValue | undefined,
  host: EnvironmentValue,
  port: EnvironmentValue | undefined,
): string {
  const secret = password === undefined ? '' : `:${encodeURIComponent(password.value)}`;
  const login = user === undefined ? '' : `${encodeURIComponent(user.value)}${secret}@`;
  const name = host.value.trim();
  const address = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return `${login}${address}${port === undefined ? '' : `:${port.value.trim()}`}`;
}

async function findFirst(
  environment: Environment,
  names: readonly string[],
): Promise<EnvironmentValue | undefined> {
  for (const name of names) {
    const value = await environment.find(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function originOf(values: readonly (EnvironmentValue | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  return `${known[0]?.origin ?? 'environment'} ${known.map(({ variable }) => variable).join(', ')}`;
}
