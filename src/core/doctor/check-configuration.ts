import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDatabaseUrl } from '../database/parse-database-url.ts';
import type { Config } from '../settings/config.ts';
import { type Check, fail, ok, warn } from './check.ts';

export interface ConfigOrigin {
  readonly key: string;
  readonly origin: string;
}

const MOST_SHOWN = 6;
const PASSWORD_IN_URL = /:\/\/[^/?#@]*:[^@/]+@/;

/** That the configuration is valid, and where what is no default comes from. */
export function checkOrigins(entries: readonly ConfigOrigin[]): Check {
  const set = entries.filter(({ origin }) => origin !== 'default');
  if (set.length === 0) return ok('configuration', 'Valid: every value is the default');
  const shown = set.slice(0, MOST_SHOWN).map(({ key, origin }) => `${key} from ${origin}`);
  const rest = set.length - shown.length;
  return ok('configuration', `Valid: ${shown.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}`);
}

/** That the program is switched on. */
export function checkEnabled({ enabled }: Config): Check {
  if (enabled) return ok('enabled', 'The referral program is switched on');
  return warn(
    'enabled',
    'The referral program is switched off',
    'Set enabled to true: referral config show --origin',
  );
}

/** What runs, on what. */
export function checkVersion(program: string, node: string): Check {
  return ok('version', `referral ${program} on Node.js ${node}`);
}

/** Who may read the database file, and configuration files that hold a password. */
export async function checkFileModes(
  config: Config,
  entries: readonly (ConfigOrigin & { readonly value: string })[],
  directory: string,
): Promise<readonly Check[]> {
  const withPassword = entries.filter(({ value }) => PASSWORD_IN_URL.test(value)).map(({ origin }) => origin);
  const files = [...new Set(withPassword)].filter((origin) => origin.endsWith('.json'));
  const checks = await Promise.all(
    files.map((file) =>
      checkMode('configuration_file', 'The configuration, which has a password in it,', file),
    ),
  );
  const address = parseDatabaseUrl(config.database.url);
  if (address.engine === 'postgres') return checks;
  const database = resolve(directory, address.file);
  return [
    ...checks,
    await checkMode('database_file', 'The database, which holds names and addresses,', database),
  ];
}

async function checkMode(check: string, what: string, file: string): Promise<Check> {
  const mode = await stat(file).then(
    (found) => found.mode,
    () => undefined,
  );
  if (mode === undefined || (mode & 0o077) === 0) return ok(check, `Only you can read ${file}`);
  const fix = `chmod 600 ${file}`;
  if ((mode & 0o022) !== 0) return fail(check, `${what} can be written by others: ${file}`, fix);
  return warn(check, `${what} can be read by others: ${file}`, fix);
}
