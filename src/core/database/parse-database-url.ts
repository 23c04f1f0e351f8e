import { basename, resolve } from 'node:path';
import { ReferralError } from '../errors.ts';

export interface SqliteAddress {
  readonly engine: 'sqlite';
  /** Absolute path of the database file. */
  readonly file: string;
  readonly name: string;
  readonly url: string;
}

export type TlsMode = 'auto' | 'verify' | 'require' | 'off';

export interface PostgresAddress {
  readonly engine: 'postgres';
  /** A host name, an IP address or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** `sslmode` of the URL; it goes before the configuration. */
  readonly tls: TlsMode | undefined;
  /** The URL without its password. */
  readonly url: string;
}

export type DatabaseAddress = SqliteAddress | PostgresAddress;

const HINT = 'Write sqlite:FILE, for example sqlite:referral.db, or postgres://USER@HOST:5432/DATABASE.';
const SSL_MODES: Readonly<Record<string, TlsMode>> = {
  disable: 'off',
  allow: 'require',
  prefer: 'require',
  require: 'require',
  'verify-ca': 'verify',
  'verify-full': 'verify',
};

/** What a database URL points at. Throws `configuration_invalid`; the message never contains a password. */
export function parseDatabaseUrl(url: string): DatabaseAddress {
  if (url.startsWith('sqlite:')) return parseSqliteUrl(url);
  if (/^postgres(ql)?:\/\//.test(url)) return parsePostgresUrl(url);
  const scheme = /^[a-z][a-z0-9+.-]*(?=:)/i.exec(url)?.[0];
  throw invalid(
    scheme === undefined ? 'it has no scheme' : `"${scheme}:" is not a database this program knows`,
  );
}

function parseSqliteUrl(url: string): SqliteAddress {
  let path = url.slice('sqlite:'.length);
  if (path.startsWith('//')) {
    if (!path.startsWith('///'))
      throw invalid('sqlite:// needs an absolute path; a relative one is sqlite:FILE');
    path = path.slice(2);
  }
  if (path === '' || path.endsWith('/')) throw invalid('it names no file');
  if (path === ':memory:') throw invalid('a database in memory would be gone after every command');
  const file = resolve(path);
  return { engine: 'sqlite', file, name: basename(file), url: `sqlite:${path}` };
}

function parsePostgresUrl(text: string): PostgresAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw invalid(
      'it is not a well-formed address; special characters in the password must be percent-encoded',
    );
  }
  const host = url.searchParams.get('host') ?? decode(url.hostname.replace(/^\[(.*)\]$/, '$1'));
  const sslmode = url.searchParams.get('sslmode');
  const tls = sslmode === null ? undefined : SSL_MODES[sslmode];
  if (sslmode !== null && tls === undefined) throw invalid(`sslmode=${sslmode} is not known`);
  const user = decode(url.username) || undefined;
  const database = decode(url.pathname.slice(1)) || undefined;
  const port = Number(url.port || url.searchParams.get('port') || 5432);
  const shown = new URL(text);
  shown.password = '';
  shown.search = host.startsWith('/') ? `?host=${host}` : '';
  return {
    engine: 'postgres',
    host: host || 'localhost',
    port,
    user,
    password: decode(url.password) || undefined,
    database,
    tls,
    url: shown.href,
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('a "%" in it is not followed by two hex digits; write "%" as %25');
  }
}

function invalid(reason: string): ReferralError {
  return new ReferralError('configuration_invalid', 'The database URL is not usable', { reason, hint: HINT });
}
