import { z } from 'zod';
import { isLoopback } from '../core/delivery/is-loopback.ts';
import { type Check, type CheckStatus, fail, worstStatus } from '../core/doctor/check.ts';
import {
  checkEnabled,
  checkFileModes,
  checkOrigins,
  checkVersion,
} from '../core/doctor/check-configuration.ts';
import { checkDatabase } from '../core/doctor/check-database.ts';
import { checkFolders } from '../core/doctor/check-folders.ts';
import { checkMailSettings, checkSecret } from '../core/doctor/check-mail-settings.ts';
import { checkOperations } from '../core/doctor/check-operations.ts';
import { checkProvider } from '../core/doctor/check-provider.ts';
import { checkTemplates } from '../core/doctor/check-templates.ts';
import { networkProbe } from '../core/doctor/probe-provider.ts';
import { ReferralError } from '../core/errors.ts';
import { WEBHOOK_SECRET } from '../core/notifications/tell-operator.ts';
import { programVersion } from '../core/package.ts';
import type { Config } from '../core/settings/config.ts';
import { defineCommand } from './_runtime/command.ts';
import type { Context } from './_runtime/context.ts';
import type { Result } from './_runtime/result.ts';

export const command = defineCommand({
  name: 'doctor',
  summary: 'Check the whole installation and say what to mend',
  description:
    'Looks at the configuration and its origins, file modes, secrets and placeholders, the mail provider, the database with its migrations, indexes, durability, locks and clock, the jobs and who is told when they fail, senders that were killed, deliveries in doubt, quarantine, the templates, the folders, unfinished runs, the last backup and the last drill. Reads only; it signs in to a configured mail provider and sends nothing. Every line is ok, warn or fail, with what mends it; any fail ends it with 6.',
  options: [{ flags: '--offline', description: 'do not ask the mail provider' }],
  examples: [
    { line: 'referral doctor', explains: 'Check everything' },
    { line: 'referral doctor --offline --json', explains: 'The same for a script, without the network' },
    { line: 'referral doctor --format csv -o doctor.csv', explains: 'Keep the findings' },
  ],
  exitCodes: [6],
  changes: false,
  input: z.object({ offline: z.boolean().default(false) }),
  async run(context, { offline }) {
    return present(await listChecks(context, offline), context);
  },
});

async function listChecks(context: Context, offline: boolean): Promise<readonly Check[]> {
  const config = await findConfig(context);
  if (!('database' in config)) return [config];
  const { io } = context;
  const entries = await context.configEntries();
  const smtpUrl = config.smtp.url;
  const sendgridKey = await context.findSecret('SENDGRID_API_KEY');
  return [
    checkOrigins(entries),
    checkEnabled(config),
    checkVersion(programVersion(), context.process.nodeVersion),
    checkSecret(await context.findSecret('REFERRAL_SECRET')),
    ...checkMailSettings(config, sendsForReal(config, sendgridKey !== undefined)),
    ...(offline ? [] : await checkProvider(config, { smtpUrl, sendgridKey }, networkProbe)),
    ...(await checkOpenDatabase(context, config)),
    ...(await checkFolders(config, io.directory)),
    ...(await checkFileModes(config, entries, io.directory)),
  ];
}

/** Is a provider set up that is not a test server on this machine? */
function sendsForReal(config: Config, hasSendgridKey: boolean): boolean {
  const { smtp, sendgrid } = config;
  const urls = [
    ...(smtp.url === undefined ? [] : [smtp.url]),
    ...(hasSendgridKey ? [sendgrid.base_url] : []),
  ];
  return urls.some((url) => !URL.canParse(url) || !isLoopback(new URL(url).hostname));
}

async function findConfig(context: Context): Promise<Config | Check> {
  try {
    return await context.config();
  } catch (error) {
    return asCheck('configuration', error);
  }
}

async function checkOpenDatabase(context: Context, config: Config): Promise<readonly Check[]> {
  try {
    return await context.usingUnmigratedDatabase(async (database) => {
      const { clock } = context;
      const readOnly = await context.isReadOnly();
      const checks = await checkDatabase(database, { clock, readOnly });
      // What is asked next needs every table to be there.
      const isWhole = checks.every(
        ({ check, status }) => !['migrations', 'schema'].includes(check) || status === 'ok',
      );
      if (!isWhole) return [...checks, await checkTemplates(undefined)];
      const hasWebhookSecret = (await context.findSecret(WEBHOOK_SECRET)) !== undefined;
      const operations = { clock, config, readOnly, hasWebhookSecret };
      return [
        ...checks,
        ...(await checkOperations(database, operations)),
        await checkTemplates(database.queries),
      ];
    });
  } catch (error) {
    return [asCheck('database', error), await checkTemplates(undefined)];
  }
}

// What would end any other command is a finding here.
function asCheck(check: string, error: unknown): Check {
  if (!(error instanceof ReferralError)) throw error;
  const { message, reason, hint } = error;
  return fail(
    check,
    reason === undefined ? message : `${message}: ${reason}`,
    hint ?? 'referral config show --origin',
  );
}

function present(checks: readonly Check[], { globals, io }: Context): Result {
  const status = worstStatus(checks);
  const exitCode = status === 'fail' ? 6 : 0;
  const document = {
    status,
    ok: count(checks, 'ok'),
    warn: count(checks, 'warn'),
    fail: count(checks, 'fail'),
    checks,
  };
  const isForPerson = globals.format === 'table' || (globals.format === undefined && io.stdoutIsTerminal);
  if (isForPerson) return { kind: 'object', data: document, text: describe(checks), exitCode };
  const columns = ['status', 'check', 'message', 'fix'].map((key) => ({ key }));
  return { kind: 'list', columns, rows: checks.map((check) => ({ ...check })), document, exitCode };
}

function describe(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ check }) => check.length));
  const lines = checks.flatMap(({ check, status, message, fix }) => [
    `${status.padEnd(4)}  ${check.padEnd(width)}  ${message}`,
    ...(fix === null ? [] : [`${' '.repeat(width + 8)}→ ${fix}`]),
  ]);
  const counts = (['ok', 'warn', 'fail'] as const).map((status) => `${count(checks, status)} ${status}`);
  return [...lines, '', counts.join(', ')].join('\n');
}

function count(checks: readonly Check[], wanted: CheckStatus): number {
  return checks.filter(({ status }) => status === wanted).length;
}
