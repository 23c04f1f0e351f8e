import { readFile } from 'node:fs/promises';
import type { ClientConfig } from 'pg';
import { ReferralError } from '../errors.ts';
import type { DatabaseConfig } from './database-config.ts';
import type { PostgresAddress } from './parse-database-url.ts';
import { findPostgresParser } from './postgres-types.ts';

/** What every connection of ours is opened with: address, time-outs, TLS, and one form per type. */
export async function postgresOptions(
  address: PostgresAddress,
  config: DatabaseConfig,
): Promise<ClientConfig> {
  const { default: pg } = await import('pg');
  return {
    host: address.host,
    port: address.port,
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.database === undefined ? {} : { database: address.database }),
    application_name: 'referral',
    connectionTimeoutMillis: config.connect_timeout_ms,
    keepAlive: true,
    ssl: await tlsOptions(address, config),
    types: {
      // pg's types for every other oid; ours for this connection only, never for the whole process.
      getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
        findPostgresParser(oid) ??
        (format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid))) as never,
    },
  };
}

export interface PostgresSession {
  /** Work in this schema instead of the one that the search path names. */
  readonly schema: string | undefined;
  /** No transaction can write. */
  readonly readOnly: boolean;
}

/** The statements that a new connection begins with. */
export function sessionSettings(config: DatabaseConfig, { schema, readOnly }: PostgresSession): string {
  return [
    `set timezone = 'UTC'`,
    `set datestyle = 'ISO'`,
    `set statement_timeout = ${config.statement_timeout_ms}`,
    `set client_min_messages = warning`,
    ...(readOnly ? ['set default_transaction_read_only = on'] : []),
    ...(schema === undefined ? [] : [`set search_path = "${schema.replaceAll('"', '""')}"`]),
  ].join('; ');
}

type Tls = NonNullable<ClientConfig['ssl']>;

async function tlsOptions(address: PostgresAddress, config: DatabaseConfig): Promise<Tls> {
  const wanted = address.tls ?? config.tls;
  const mode = wanted === 'auto' ? (isLocal(address.host) ? 'off' : 'verify') : wanted;
  if (mode === 'off') return false;
  if (mode === 'require') return { rejectUnauthorized: false };
  if (config.tls_ca_file === undefined) return { rejectUnauthorized: true };
  return { rejectUnauthorized: true, ca: await readAuthority(config.tls_ca_file) };
}

async function readAuthority(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ReferralError('configuration_invalid', `database.tls_ca_file: ${file} can't be read`, {
      hint: "Name a PEM file with the certificate of the authority that signed the server's.",
      cause,
    });
  }
}

/** The loopback interface or a socket: nobody listens in between. */
export function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
