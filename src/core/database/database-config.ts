/** What the configuration says about connections; PostgreSQL only. */
export interface DatabaseConfig {
  /** Connections that one process opens at most. */
  readonly pool_max: number;
  readonly connect_timeout_ms: number;
  /** 0 is none. */
  readonly statement_timeout_ms: number;
  readonly tls: 'auto' | 'verify' | 'require' | 'off';
  readonly tls_ca_file?: string | undefined;
  readonly read_only?: boolean | undefined;
}

/** Without a configuration: the defaults of its schema, which a test compares. */
export const DEFAULT_DATABASE_CONFIG: DatabaseConfig = {
  pool_max: 8,
  connect_timeout_ms: 10_000,
  statement_timeout_ms: 0,
  tls: 'auto',
  read_only: false,
};
