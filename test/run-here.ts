import { Readable, Writable } from 'node:stream';
import type { Host } from '../src/commands/_runtime/process.ts';
import { runProgram } from '../src/commands/_runtime/run-program.ts';

export interface HereOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Columns of the terminal that standard output is; a pipe when absent. */
  readonly columns?: number;
}

export interface HereOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they were written. */
  readonly shown: string;
}

/** Makes `folder` the one of this process while `work` runs; one at a time in a test file. */
export async function usingFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await work();
  } finally {
    process.chdir(before);
  }
}

/**
 * Runs the program from its source in this process and its folder, which takes a fraction of the time of starting it: for tests that are
 * about what it answers.
 */
export async function runHere(
  words: readonly string[],
  { env = {}, input = '', columns }: HereOptions = {},
): Promise<HereOutcome> {
  const shown: string[] = [];
  const stdout = collect(shown);
  const stderr = collect(shown);
  const host: Host = {
    stdin: Readable.from(input === '' ? [] : [Buffer.from(input)]),
    stdout: columns === undefined ? stdout.stream : Object.assign(stdout.stream, { isTTY: true, columns }),
    stderr: stderr.stream,
    stdinIsFolder: () => false,
    environment: { NO_COLOR: '1', ...env },
    directory: process.cwd(),
    processId: process.pid,
    nodeVersion: process.versions.node,
    changeDirectory: (directory) => process.chdir(directory),
    hostName: () => 'localhost',
    userName: () => 'you',
    onSignal: () => {},
    setExitCode: () => {},
    stop: (code) => {
      throw new Error(`the program was stopped with ${code}`);
    },
  };
  const exitCode = await runProgram(words, host);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), shown: shown.join('') };
}

function collect(shown: string[]): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      shown.push(chunk.toString());
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
