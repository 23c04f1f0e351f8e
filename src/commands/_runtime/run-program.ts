import { type Clock, systemClock } from '../../core/clock.ts';
import { ReferralError } from '../../core/errors.ts';
import { programVersion } from '../../core/package.ts';
import { type RegisteredCommand, registry } from '../registry.ts';
import type { AnyCommand } from './command.ts';
import type { CommandOutcome, CommandPlace } from './context.ts';
import { findCommand } from './find-command.ts';
import { nounHelp, programHelp } from './help.ts';
import { reportError } from './print-error.ts';
import type { Host } from './process.ts';
import { createRedactor } from './redact.ts';

/** Runs the program with the words of its command line and returns the exit code; never throws, never exits. */
export async function runProgram(
  words: readonly string[],
  host: Host,
  clock: Clock = systemClock,
): Promise<number> {
  try {
    const found = findCommand(words, registry);
    if (found.kind === 'help') return showHelp(words, found.noun, found.asked, host);
    const { command } = await found.command.load();
    return await execute(command, found.rest, host, clock);
  } catch (error) {
    const report = reportError(error, null, words.includes('--verbose') || words.includes('-v'));
    const redactor = createRedactor();
    host.stderr.write(`${redactor.redact(wantsJson(words) ? report.json : report.text)}\n`);
    return report.exitCode;
  }
}

async function execute(
  command: AnyCommand,
  words: readonly string[],
  host: Host,
  clock: Clock,
): Promise<number> {
  const { executeCommand } = await import('./execute-command.ts');
  return executeCommand(command, words, {
    host,
    clock,
    listCommands: () => Promise.all(registry.map(async ({ load }) => (await load()).command)),
    runCommand: (others, place) => runInside(others, place, host),
  });
}

async function runInside(
  words: readonly string[],
  place: CommandPlace,
  outer: Host,
): Promise<CommandOutcome> {
  const { captureHost } = await import('./captured-host.ts');
  const { host, stdout, stderr } = captureHost(outer, place.directory, place.environment);
  outer.changeDirectory(place.directory);
  try {
    const exitCode = await runProgram(words, host, place.clock);
    return { exitCode, stdout: stdout(), stderr: stderr() };
  } finally {
    outer.changeDirectory(outer.directory);
  }
}

function showHelp(words: readonly string[], noun: string | undefined, asked: boolean, host: Host): number {
  if (words.includes('--version') || words.includes('-V')) {
    host.stdout.write(`${programVersion()}\n`);
    return 0;
  }
  const text = noun === undefined ? programHelp(registry) : nounHelp(noun, registry);
  if (asked || words.length === 0) {
    host.stdout.write(text);
    return 0;
  }
  throw missingCommand(noun, registry);
}

function missingCommand(noun: string | undefined, commands: readonly RegisteredCommand[]): ReferralError {
  const verbs = commands
    .filter(({ name }) => name.startsWith(`${noun} `))
    .map(({ name }) => name.split(' ')[1]);
  return new ReferralError('usage', noun === undefined ? 'No command given' : `"${noun}" needs a command`, {
    reason: verbs.length === 0 ? 'Options alone do nothing.' : `One of: ${verbs.join(', ')}`,
    hint: `See: referral ${noun ?? ''} --help`.replace('  ', ' '),
  });
}

function wantsJson(words: readonly string[]): boolean {
  return /(^| )(--json|--(log-)?format[ =](nd)?json)( |$)/.test(words.join(' '));
}
