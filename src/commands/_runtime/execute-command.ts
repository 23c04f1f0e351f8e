import { extname } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { ReferralError } from '../../core/errors.ts';
import type { AnyCommand } from './command.ts';
import type { Context, Format } from './context.ts';
import { createContext } from './create-context.ts';
import { loadEnvironment } from './environment.ts';
import type { GlobalOptions } from './globals-schema.ts';
import { commandHelp } from './help.ts';
import type { Io } from './io.ts';
import { createLog, type Log } from './log.ts';
import { createPalette } from './palette.ts';
import { type ParsedWords, parseWords } from './parse-words.ts';
import { printError, reportError } from './print-error.ts';
import { printResult } from './print-result.ts';
import type { Host } from './process.ts';
import { readOnlyError } from './read-only.ts';
import { createRedactor } from './redact.ts';
import type { Result } from './result.ts';
import { SkippedBecauseLocked } from './run-command.ts';
import { checkOutput, countBytes, fileSink, type Sink, stdoutSink } from './sink.ts';

const SIGNAL_EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
const EXTENSION_FORMATS: Readonly<Record<string, Format>> = {
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.csv': 'csv',
  '.xlsx': 'xlsx',
  '.html': 'html',
};

export interface Surroundings {
  readonly host: Host;
  readonly clock: Clock;
  readonly listCommands: Context['listCommands'];
  readonly runCommand: Context['runCommand'];
}

/** Parses, runs and prints one command, and turns whatever happens into an exit code. */
export async function executeCommand(
  command: AnyCommand,
  words: readonly string[],
  { host, clock, listCommands, runCommand }: Surroundings,
): Promise<number> {
  const {
    words: complete,
    parsed: { globals: parsed, input, wantsHelp },
  } = await parseOrAsk(command, words, { host, clock, runCommand });
  if (wantsHelp) {
    await stdoutSink(host.stdout).write(commandHelp(command));
    return 0;
  }
  const globals = withFormat(parsed, command);
  const io = createIo(host, globals);
  const redactor = createRedactor();
  const redact = (text: string): string => redactor.redact(text);
  const palette = createPalette(wantsColors(host, globals.color, host.stderr.isTTY === true));
  const log = createLog({
    stream: host.stderr,
    clock,
    json: globals.logFormat === 'json',
    quiet: globals.quiet,
    verbose: globals.verbose,
    redact,
    palette,
  });
  let runId: number | null = null;
  const interruption = listenForSignals(host, log);
  const { context, dispose } = createContext({
    commandName: command.name,
    changes: command.changes,
    words: complete,
    globals,
    host,
    io,
    log,
    clock,
    signal: interruption.signal,
    environment: loadEnvironment(host.environment, host.directory),
    redactor,
    listCommands,
    runCommand,
    onRun: (id) => {
      runId = id;
    },
  });
  try {
    if (globals.readOnly && command.changes) throw readOnlyError(command.name);
    checkFormat(command, globals);
    checkPlaceOfResult(placeOfResult(globals, command), io);
    const result = await command.run(context, input);
    await deliver(result, placeOfResult(globals, command), io, context);
    if (!isForScripts(globals.format))
      for (const line of await nextSteps(result, command, input, io)) log.line('info', asNextStep(line));
    return interruption.exitCode() ?? result.exitCode ?? 0;
  } catch (error) {
    if (error instanceof SkippedBecauseLocked) {
      log.line('info', 'Skipped: another run of this job is at work.');
      return 0;
    }
    const report = reportError(error, runId, globals.verbose);
    printError(report, host.stderr, isForScripts(globals.format) || globals.logFormat === 'json', {
      redact,
      palette,
    });
    return interruption.exitCode() ?? report.exitCode;
  } finally {
    await dispose();
  }
}

/** Where an argument is missing and a person can be asked, they pick it. */
async function parseOrAsk(
  command: AnyCommand,
  words: readonly string[],
  place: Pick<Surroundings, 'host' | 'clock' | 'runCommand'>,
): Promise<{ readonly words: readonly string[]; readonly parsed: ParsedWords }> {
  try {
    return { words, parsed: parseWords(command, words) };
  } catch (error) {
    const { askOnTerminal, pickMissing } = await import('./pick-missing.ts');
    const picked = await pickMissing(command, words, error, { ...place, ask: askOnTerminal(place.host) });
    if (picked === undefined) throw error;
    return { words: picked, parsed: parseWords(command, picked) };
  }
}

/** What the result names, else what people usually type next: only to a person who reads both streams. */
async function nextSteps(
  { next }: Result,
  { name }: AnyCommand,
  input: unknown,
  io: Io,
): Promise<readonly string[]> {
  if (next !== undefined || !io.stdoutIsTerminal || !io.stderrIsTerminal) return next ?? [];
  const { usualNext } = await import('./next-steps.ts');
  return usualNext(name, input);
}

/** A command to type next says so; any other note speaks for itself. */
function asNextStep(line: string): string {
  return line.startsWith('referral ') ? `next: ${line}` : line;
}

function isForScripts(format: Format | undefined): boolean {
  return format === 'json' || format === 'ndjson';
}

/** `--json` is `--format json`; without either, the ending of the output file decides. */
function withFormat(globals: GlobalOptions, command: AnyCommand): GlobalOptions {
  return { ...globals, format: globals.json ? 'json' : (globals.format ?? formatByName(globals, command)) };
}

function formatByName(
  { output }: GlobalOptions,
  { writesOutput = false, fileFormats = [] }: AnyCommand,
): Format | undefined {
  if (writesOutput || output === undefined) return undefined;
  const format = EXTENSION_FORMATS[extname(output).toLowerCase()];
  const isPossible = (format !== 'html' && format !== 'xlsx') || fileFormats.includes(format);
  return isPossible ? format : undefined;
}

/** A command that writes the file of `--output` itself has its result on standard output. */
function placeOfResult(globals: GlobalOptions, { writesOutput = false }: AnyCommand): GlobalOptions {
  return writesOutput ? { ...globals, output: undefined } : globals;
}

/** Before any work: can the command give what was asked for? */
function checkFormat({ name, fileFormats = [] }: AnyCommand, { format }: GlobalOptions): void {
  if ((format !== 'xlsx' && format !== 'html') || fileFormats.includes(format)) return;
  throw new ReferralError('usage', `"${name}" has no result in the format ${format}`, {
    hint: `Choose one of: ${['table', 'json', 'ndjson', 'csv', ...fileFormats].join(', ')}`,
  });
}

/** Before any work: an output file must be free, and bytes that are a file must not be written to a terminal. */
function checkPlaceOfResult({ output, force, format }: GlobalOptions, io: Io): void {
  const toStdout = output === undefined || output === '-';
  if (!toStdout) checkOutput(io.directory, output, force);
  if (toStdout && io.stdoutIsTerminal && (format === 'xlsx' || format === 'html')) {
    throw new ReferralError(
      'usage',
      `A result in the format ${format} is a file, not a text for a terminal`,
      {
        hint: `Add: --output report.${format}`,
      },
    );
  }
}

async function deliver(
  result: Result,
  { output, format }: GlobalOptions,
  io: Io,
  { progress }: Pick<Context, 'progress'>,
): Promise<void> {
  const toFile = output !== undefined && output !== '-';
  const writing = toFile ? progress(`writing ${output}, kB`) : undefined;
  const sink: Sink = toFile
    ? countBytes(await fileSink(io.directory, output), (bytes) => writing?.update(Math.round(bytes / 1_000)))
    : stdoutSink(io.stdout);
  try {
    await printResult(result, sink, {
      format,
      terminal: io.stdoutIsTerminal || toFile,
      inPlace: io.stdoutIsTerminal && !toFile && io.environment['TERM'] !== 'dumb',
      width: io.width,
      height: io.height,
      palette: createPalette(io.colors && !toFile),
    });
    await sink.commit();
  } catch (error) {
    await sink.abandon();
    throw error;
  } finally {
    writing?.stop();
  }
}

function createIo(host: Host, { color }: GlobalOptions): Io {
  const stdoutIsTerminal = host.stdout.isTTY === true;
  return {
    stdin: host.stdin,
    stdout: host.stdout,
    stderr: host.stderr,
    stdinIsTerminal: host.stdin.isTTY === true,
    stdoutIsTerminal,
    stderrIsTerminal: host.stderr.isTTY === true,
    // A terminal that does not know its width says 0.
    width: host.stdout.columns || 80,
    height: host.stdout.rows || 24,
    colors: wantsColors(host, color, stdoutIsTerminal),
    environment: host.environment,
    directory: host.directory,
  };
}

function wantsColors({ environment }: Host, color: GlobalOptions['color'], isTerminal: boolean): boolean {
  const { NO_COLOR: noColor = '', TERM: term } = environment;
  return color === 'always' || (color === 'auto' && isTerminal && noColor === '' && term !== 'dumb');
}

interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code of the signal that came, or undefined when none did. */
  exitCode(): number | undefined;
}

/** The first Ctrl-C or SIGTERM asks the work to finish what it has in hand; the second stops at once. */
function listenForSignals(host: Host, log: Log): Interruption {
  const controller = new AbortController();
  let exitCode: number | undefined;
  host.onSignal((signal) => {
    if (exitCode !== undefined) host.stop(SIGNAL_EXIT_CODES[signal]);
    exitCode = SIGNAL_EXIT_CODES[signal];
    log.line('warning', 'Interrupted: finishing what is in hand. Once more stops at once.');
    controller.abort();
  });
  return { signal: controller.signal, exitCode: () => exitCode };
}
