import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { didYouMean } from '../../core/did-you-mean.ts';
import { ReferralError } from '../../core/errors.ts';
import { type Config, configSchema } from '../../core/settings/config.ts';
import { readEarlierVariables } from './earlier-variables.ts';
import type { Environment } from './environment.ts';

export interface ConfigEntry {
  /** `database.pool_max` */
  readonly key: string;
  readonly value: string;
  /** `flag --database`, `environment REFERRAL_…`, `.env REFERRAL_…`, a file's path, or `default`. */
  readonly origin: string;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly entries: readonly ConfigEntry[];
}

export interface ConfigSources {
  readonly environment: Environment;
  readonly directory: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** `--config FILE` */
  readonly file: string | undefined;
  /** `--database URL` */
  readonly database: string | undefined;
}

/** Names that are older or more usual than the one derived from the key. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'sendgrid.base_url': 'SENDGRID_BASE_URL',
  'backup.s3_endpoint': 'S3_ENDPOINT',
  'backup.s3_region': 'AWS_REGION',
};

interface Layer {
  readonly values: ReadonlyMap<string, unknown>;
  readonly origin: (key: string) => string;
}

/** Flags over environment over `.env` over the project's file over the user's file over variables of earlier systems over defaults, validated as one. */
export async function loadConfig(sources: ConfigSources): Promise<LoadedConfig> {
  const keys = configKeys();
  const layers = [
    flagLayer(sources),
    await environmentLayer(sources, keys),
    ...fileLayers(sources, keys),
    await earlierLayer(sources),
  ];
  const merged: Record<string, unknown> = {};
  const origins = new Map<string, string>();
  for (const key of keys) {
    const layer = layers.find(({ values }) => values.has(key));
    if (layer === undefined) continue;
    setAt(merged, key, layer.values.get(key));
    origins.set(key, layer.origin(key));
  }
  const parsed = configSchema.safeParse(merged);
  if (!parsed.success) throw invalidConfig(parsed.error.issues, origins);
  const config = parsed.data;
  const entries = keys.map((key) => ({
    key,
    value: String(getAt(config, key) ?? ''),
    origin: origins.get(key) ?? 'default',
  }));
  return { config, entries };
}

/** Every key of the configuration, `section.name`, in the order of its schema. */
export function configKeys(): readonly string[] {
  return Object.entries(configSchema.shape).flatMap(([name, schema]) => {
    const inner = 'innerType' in schema.def ? schema.def.innerType : schema;
    const shape = (inner as { readonly shape?: Readonly<Record<string, unknown>> }).shape;
    return shape === undefined ? [name] : Object.keys(shape).map((key) => `${name}.${key}`);
  });
}

/** The environment variable of a key: `database.pool_max` → `REFERRAL_DATABASE_POOL_MAX`. */
export function environmentName(key: string): string {
  return `REFERRAL_${key.replaceAll('.', '_').toUpperCase()}`;
}

function flagLayer({ database }: ConfigSources): Layer {
  const values = new Map<string, unknown>(database === undefined ? [] : [['database.url', database]]);
  return { values, origin: () => 'flag --database' };
}

async function environmentLayer({ environment }: ConfigSources, keys: readonly string[]): Promise<Layer> {
  const values = new Map<string, unknown>();
  const origins = new Map<string, string>();
  for (const key of keys) {
    const other = OTHER_NAMES[key];
    const found =
      (await environment.find(environmentName(key))) ??
      (other === undefined ? undefined : await environment.find(other));
    if (found === undefined) continue;
    values.set(key, found.value);
    origins.set(key, `${found.origin} ${found.variable}`);
  }
  return { values, origin: (key) => origins.get(key) ?? 'environment' };
}

/** Variables of earlier systems: below everything that names this program, so that a `DB_HOST` of another one changes nothing here. */
async function earlierLayer({ environment }: ConfigSources): Promise<Layer> {
  const found = await readEarlierVariables(environment);
  const values = new Map([...found].map(([key, { value }]) => [key, value]));
  return { values, origin: (key) => found.get(key)?.origin ?? 'environment' };
}

function fileLayers(sources: ConfigSources, keys: readonly string[]): Layer[] {
  const { file, directory, variables } = sources;
  const userFolder = variables['XDG_CONFIG_HOME'] ?? join(variables['HOME'] ?? homedir(), '.config');
  const userFile = join(userFolder, 'referral', 'config.json');
  const projectFile = resolve(directory, file ?? 'referral.config.json');
  if (file !== undefined && !existsSync(projectFile)) {
    throw new ReferralError('configuration_invalid', `The configuration file does not exist: ${file}`, {
      hint: 'Check the path after --config, or write a new file with: referral init',
    });
  }
  return [projectFile, userFile].filter(existsSync).map((path) => fileLayer(path, keys));
}

function fileLayer(path: string, keys: readonly string[]): Layer {
  const values = new Map<string, unknown>();
  for (const [key, value] of flatten(readJson(path))) {
    if (!keys.includes(key)) {
      throw new ReferralError('configuration_invalid', `${path}: unknown key "${key}"`, {
        hint: didYouMean(key, keys, 'List the keys with: referral config show'),
      });
    }
    values.set(key, value);
  }
  return { values, origin: () => path };
}

function readJson(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
    throw new SyntaxError('it must be a JSON object');
  } catch (cause) {
    throw new ReferralError('configuration_invalid', `The configuration file can't be read: ${path}`, {
      reason: cause instanceof Error ? cause.message : String(cause),
      hint: 'Mend the file, or write a new one with: referral init --force',
      cause,
    });
  }
}

function flatten(object: Record<string, unknown>, prefix = ''): [string, unknown][] {
  return Object.entries(object).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? flatten(value as Record<string, unknown>, `${prefix}${key}.`)
      : [[`${prefix}${key}`, value] as [string, unknown]],
  );
}

function setAt(target: Record<string, unknown>, key: string, value: unknown): void {
  const [section = '', name] = key.split('.');
  if (name === undefined) target[section] = value;
  else target[section] = { ...(target[section] as object | undefined), [name]: value };
}

function getAt(source: object, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], source);
}

function invalidConfig(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  origins: ReadonlyMap<string, string>,
): ReferralError {
  const [issue] = issues;
  const key = issue?.path.join('.') ?? '';
  return new ReferralError(
    'configuration_invalid',
    `The configuration value ${key} is wrong: ${issue?.message ?? ''}`,
    {
      reason: `It comes from: ${origins.get(key) ?? 'default'}`,
      hint: 'See every value and its origin with: referral config show --origin',
      details: { key, problems: issues.map(({ path, message }) => ({ key: path.join('.'), message })) },
    },
  );
}
