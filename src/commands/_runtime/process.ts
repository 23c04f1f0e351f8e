import { fstatSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import type { Readable, Writable } from 'node:stream';

/** The process around the program: the only file that touches the global `process` for streams, signals and the environment. */
export interface Host {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Writable & {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
  };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** Was standard input opened on a folder, from which nothing can be read? */
  stdinIsFolder(): boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  readonly processId: number;
  /** `24.11.0` */
  readonly nodeVersion: string;
  /** Moves the whole process into another folder. */
  changeDirectory(directory: string): void;
  hostName(): string;
  userName(): string;
  onSignal(listener: (signal: 'SIGINT' | 'SIGTERM') => void): void;
  setExitCode(code: number): void;
  /** Stops at once, without waiting for anything. */
  stop(code: number): never;
}

export function currentProcess(): Host {
  // A reader that went away (`| head`) is no failure; everything else on these streams is.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') process.exitCode = 1;
    });
  }
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    stdinIsFolder,
    environment: process.env,
    directory: process.cwd(),
    processId: process.pid,
    nodeVersion: process.versions.node,
    changeDirectory: (directory) => process.chdir(directory),
    hostName: hostname,
    userName,
    onSignal(listener) {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => listener(signal));
      // Left to end by itself, Node gives up its listeners first, and a second signal in those moments would be the end.
      process.on('exit', () => process.exit());
    },
    setExitCode(code) {
      process.exitCode = code;
    },
    stop: (code) => process.exit(code),
  };
}

function stdinIsFolder(): boolean {
  try {
    return fstatSync(0).isDirectory();
  } catch {
    // It may be closed.
    return false;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a user id without a name.
    return 'unknown';
  }
}
