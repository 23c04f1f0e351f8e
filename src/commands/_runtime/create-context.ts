import type { Readable } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { systemRandom } from '../../core/random.ts';
import { createKeyring } from '../../core/settings/keyring.ts';
import { confirm } from './confirm.ts';
import type { Context } from './context.ts';
import type { Environment } from './environment.ts';
import type { GlobalOptions } from './globals-schema.ts';
import type { Io } from './io.ts';
import { isStream } from './is-stream.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import type { Log } from './log.ts';
import { createOpenInput } from './open-input.ts';
import type { Host } from './process.ts';
import { progressOn } from './progress.ts';
import { readOnlyError } from './read-only.ts';
import type { Redactor } from './redact.ts';
import { runRecorded } from './run-command.ts';
import { assertSwitchedOn } from './switched-off.ts';

export interface ContextOptions {
  readonly commandName: string;
  /** Does the command change something? */
  readonly changes: boolean;
  readonly words: readonly string[];
  readonly globals: GlobalOptions;
  readonly host: Host;
  readonly io: Io;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly environment: Environment;
  readonly redactor: Redactor;
  readonly listCommands: Context['listCommands'];
  readonly runCommand: Context['runCommand'];
  readonly onRun: (id: number) => void;
}

const DEFAULT_CONFIRM_ABOVE = 1_000;

export interface DisposableContext {
  readonly context: Context;
  /** Closes what had to stay open while the result was printed. */
  dispose(): Promise<void>;
}

/** The context that a real process gives to its command. */
export function createContext(options: ContextOptions): DisposableContext {
  const { globals, io, log, clock, signal, environment, redactor, host } = options;
  let loaded: Promise<LoadedConfig> | undefined;
  let current: Database | undefined;
  const openWhilePrinting: Database[] = [];

  const load = (): Promise<LoadedConfig> => {
    loaded ??= loadConfig({
      environment,
      directory: io.directory,
      variables: io.environment,
      file: globals.config,
      database: globals.database,
    });
    return loaded;
  };

  const openInput = createOpenInput(host);
  const inputs: Readable[] = [];

  const isReadOnly = async (): Promise<boolean> =>
    globals.readOnly || (await load()).config.database.read_only;

  const using = async <T>(
    migrations: 'check' | 'skip',
    create: boolean,
    work: (database: Database) => Promise<T>,
  ): Promise<T> => {
    const { config } = await load();
    // The query builder takes as long to load as all the rest; commands without a database do without it.
    const { openDatabase } = await import('../../core/database/open-database.ts');
    const database = await openDatabase({
      url: config.database.url,
      config: config.database,
      migrations,
      create,
      readOnly: await isReadOnly(),
    });
    current = database;
    let streams = false;
    try {
      const result = await work(database);
      streams = isStream(result);
      return result;
    } finally {
      current = undefined;
      if (streams) openWhilePrinting.push(database);
      else await database.close();
    }
  };

  const findSecret = async (name: string): Promise<string | undefined> => {
    const value = (await environment.find(name))?.value;
    if (value !== undefined) redactor.add(value);
    return value;
  };

  const findOperator = async (): Promise<string> =>
    (await environment.find('REFERRAL_OPERATOR'))?.value ?? host.userName();

  const context: Context = {
    io,
    globals: {
      format: globals.json ? 'json' : globals.format,
      output: globals.output,
      force: globals.force,
      dryRun: globals.dryRun,
      yes: globals.yes,
      noInput: !globals.input,
      confirm: globals.confirm,
      quiet: globals.quiet,
      verbose: globals.verbose,
      timezone: globals.timezone,
      lockWait: globals.lockWait,
      skipIfLocked: globals.skipIfLocked,
    },
    clock,
    random: systemRandom,
    signal,
    process: { host: host.hostName(), id: host.processId, nodeVersion: host.nodeVersion },
    config: async () => (await load()).config,
    configEntries: async () => (await load()).entries,
    isReadOnly,
    findSecret,
    async getSecret(name) {
      const value = await findSecret(name);
      if (value !== undefined) return value;
      throw new ReferralError('credential_missing', `${name} is not set`, {
        hint: `Set ${name}, ${name}_FILE or ${name}_COMMAND in the environment or in .env.`,
      });
    },
    async keyring(database) {
      // A restore keeps the secret of the database that it replaced as generated_secret.ID.
      const generated = await database.queries
        .selectFrom('meta')
        .select('value')
        .where('name', 'like', 'generated_secret%')
        .orderBy('name')
        .execute();
      const secrets = [await findSecret('REFERRAL_SECRET'), ...generated.map((row) => row.value)].filter(
        (secret) => secret !== undefined,
      );
      const [first, ...others] = secrets;
      if (first !== undefined) return createKeyring([first, ...others]);
      throw new ReferralError('secret_missing', 'There is no secret to hash addresses and sign links with', {
        hint: 'Set REFERRAL_SECRET to 32 random characters or more.',
      });
    },
    usingDatabase: (work) => using('check', false, work),
    usingUnmigratedDatabase: async (work, { create = false } = {}) => {
      if (options.changes && (await isReadOnly())) throw readOnlyError(options.commandName);
      return using('skip', create, work);
    },
    operator: findOperator,
    usingRun: async (work, { lock } = {}) => {
      if (await isReadOnly()) throw readOnlyError(options.commandName);
      const operator = await findOperator();
      return using('check', false, async (database) => {
        assertSwitchedOn((await load()).config, options.commandName);
        return runRecorded(
          database,
          {
            ...options,
            operator,
            host: host.hostName(),
            processId: host.processId,
            redact: (text) => redactor.redact(text),
          },
          lock,
          (run) => work(database, run),
        );
      });
    },
    async confirm(confirmation, database = current) {
      const confirmAbove = database === undefined ? DEFAULT_CONFIRM_ABOVE : await findConfirmAbove(database);
      const { yes, dryRun, confirm: name } = globals;
      await confirm(confirmation, { yes, dryRun, confirm: name, noInput: !globals.input }, io, confirmAbove);
    },
    note: (text) => log.line('info', text),
    detail: (text) => log.line('detail', text),
    warn: (text) => log.line('warning', text),
    progress: progressOn(io, log, clock, globals.quiet),
    listCommands: options.listCommands,
    runCommand: options.runCommand,
    openInput: async (...request) => {
      const input = await openInput(...request);
      inputs.push(input);
      return input;
    },
  };
  return {
    context,
    async dispose() {
      // Not every command reads its input to the end, and a failing one does not.
      for (const input of inputs) if (input !== host.stdin) input.destroy();
      for (const database of openWhilePrinting) await database.close();
    },
  };
}

async function findConfirmAbove({ queries }: Database): Promise<number> {
  const { getSetting } = await import('../../core/settings/settings.ts');
  return getSetting(queries, 'confirm_above');
}
