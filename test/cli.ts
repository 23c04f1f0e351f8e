import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '..');

/** The program as it is installed: `bin/referral.js` and what `npm run build` made. */
export const PROGRAM = join(PROJECT, 'bin', 'referral.js');

export interface CliOptions {
  /** Variables beside the few that every process needs. */
  readonly env?: Readonly<Record<string, string>>;
  /** What comes on standard input; nothing when absent. */
  readonly input?: string;
  /** On a terminal: what a person types, each when the program waits: an answer with its Return, or Ctrl-C. */
  readonly typed?: readonly string[];
}

export interface CliOutcome {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own with a home of its own, where the real program runs in a clean environment. */
export interface Place {
  readonly folder: string;
  /** `words` are separated by blanks; an array passes them as they are. */
  run(words: string | readonly string[], options?: CliOptions): Promise<CliOutcome>;
  /** Runs a line of shell with `referral` on the PATH. */
  shell(line: string, options?: CliOptions): Promise<CliOutcome>;
  /** Runs a line of shell on a terminal of 80 columns; both streams come back as one text. */
  terminal(line: string, options?: CliOptions): Promise<CliOutcome>;
  /** The environment that the program gets, for a test that starts it in its own way. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes a folder that vanishes with the test. A concurrent test passes its own `onTestFinished`. */
export async function createPlace(
  env: Readonly<Record<string, string>> = {},
  whenFinished: (cleanUp: () => Promise<void>) => void = onTestFinished,
): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'referral-e2e-'));
  whenFinished(() => rm(folder, { recursive: true, force: true }));
  return placeIn(folder, env);
}

/** The program at work in a folder that somebody else made and removes. */
export function placeIn(folder: string, env: Readonly<Record<string, string>> = {}): Place {
  const base = { ...cleanEnvironment(folder), ...env };
  const start = async (file: string, args: readonly string[], options: CliOptions): Promise<CliOutcome> => {
    const outcome = await execa(file, args, {
      cwd: folder,
      env: { ...base, ...options.env },
      extendEnv: false,
      ...(options.input === undefined ? { stdin: 'ignore' } : { input: options.input }),
      reject: false,
      stripFinalNewline: false,
      timeout: 100_000,
    });
    const { exitCode, signal, stdout, stderr } = outcome;
    return { exitCode, signal, stdout: String(stdout), stderr: String(stderr) };
  };
  return {
    folder,
    env: base,
    run: (words, options = {}) => start(process.execPath, [PROGRAM, ...asWords(words)], options),
    shell: (line, options = {}) => start('sh', ['-c', line], options),
    terminal: (line, { env, typed = [] } = {}) => runOnTerminal(line, typed, folder, { ...base, ...env }),
  };
}

/** The one JSON document that a command printed. */
export function jsonOf(outcome: CliOutcome): Record<string, unknown> {
  return JSON.parse(outcome.stdout) as Record<string, unknown>;
}

export interface PrintedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly run_id: number | null;
}

/** The error line that a command with `--json` printed last on stderr. */
export function errorOf(outcome: CliOutcome): PrintedError {
  const line = outcome.stderr.trimEnd().split('\n').at(-1) ?? '';
  return (JSON.parse(line) as { error: PrintedError }).error;
}

const QUIET_MS = 400;

/** `script` makes the terminal, passes the exit code on with -e, and is part of every Debian. */
async function runOnTerminal(
  line: string,
  typed: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<CliOutcome> {
  const child = spawn('script', ['-qefc', line, '/dev/null'], { cwd: folder, env, stdio: 'pipe' });
  const answers = [...typed];
  let stdout = '';
  let waiting: NodeJS.Timeout | undefined;
  // A person types when the program has said something and fallen silent.
  const hear = (chunk: Buffer): void => {
    stdout += chunk.toString();
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const answer = answers.shift();
      if (answer !== undefined) child.stdin.write(answer);
    }, QUIET_MS);
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearTimeout(waiting);
  return { exitCode: exitCode ?? undefined, signal: undefined, stdout, stderr: '' };
}

function asWords(words: string | readonly string[]): readonly string[] {
  return typeof words === 'string' ? words.split(' ').filter((word) => word !== '') : words;
}

// Nothing of the machine's own configuration may leak in; `node` is the one that runs the tests.
function cleanEnvironment(folder: string): Record<string, string> {
  const path = [
    join(import.meta.dirname, 'bin'),
    dirname(process.execPath),
    '/usr/local/bin',
    '/usr/bin',
    '/bin',
  ];
  return {
    PATH: path.join(delimiter),
    HOME: join(folder, '.home'),
    LANG: 'C.UTF-8',
    TERM: 'xterm',
    USER: 'tester',
    NODE_COMPILE_CACHE: join(tmpdir(), 'referral-e2e-compile-cache'),
  };
}
