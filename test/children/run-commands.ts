import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Host } from '../../src/commands/_runtime/process.ts';

/** What is asked of this process: a command as if it had just been started there. */
export interface CommandRequest {
  readonly words: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface CommandAnswer {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the command left open, which would keep a process of its own from ending. */
  readonly leftOpen: readonly string[];
}

const PATIENCE_MS = 5_000;
const BUILT = resolve(import.meta.dirname, '../../dist/src/commands/_runtime/run-program.js');

// Runs commands of the built program one after the other, without a start of Node and of the libraries for each.
const { runProgram } = (await import(BUILT)) as typeof import('../../src/commands/_runtime/run-program.ts');

// They open with their first use.
for (const stream of [process.stdin, process.stdout, process.stderr]) stream.on('error', () => {});

process.on('message', (request: CommandRequest) => {
  void run(request).then((answer) => process.send?.(answer));
});

async function run({ words, folder, environment }: CommandRequest): Promise<CommandAnswer> {
  process.chdir(folder);
  const stdout = collector();
  const stderr = collector();
  const before = openResources();
  const host: Host = {
    stdin: Readable.from([]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    stdinIsFolder: () => false,
    environment,
    directory: folder,
    processId: process.pid,
    nodeVersion: process.versions.node,
    changeDirectory: (directory) => process.chdir(directory),
    hostName: () => 'example.test',
    userName: () => 'tester',
    onSignal: () => {},
    setExitCode: () => {},
    stop: (code) => process.exit(code),
  };
  const exitCode = await runProgram(words, host);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), leftOpen: await leftSince(before) };
}

function collector(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}

async function leftSince(before: readonly string[]): Promise<readonly string[]> {
  for (let waited = 0; ; waited += 10) {
    const known = [...before];
    const left = openResources().filter((type) => {
      const at = known.indexOf(type);
      if (at >= 0) known.splice(at, 1);
      return at < 0;
    });
    if (left.length === 0 || waited >= PATIENCE_MS) return left;
    await sleep(10);
  }
}

/** Sockets, timers, workers and the like that keep this process alive; not what merely waits for the file system. */
function openResources(): readonly string[] {
  return process.getActiveResourcesInfo().filter((type) => !/Req/.test(type));
}
