import { Readable, Writable } from 'node:stream';
import type { Host } from './process.ts';

export interface CapturedHost {
  readonly host: Host;
  /** What was written to standard output so far. */
  stdout(): string;
  stderr(): string;
}

/** A process-like place to run a command in without a terminal, keeping what it prints; signals stay with the outer one. */
export function captureHost(outer: Host, directory: string, environment: Host['environment']): CapturedHost {
  const stdout = collector();
  const stderr = collector();
  return {
    host: {
      ...outer,
      stdin: Readable.from([]),
      stdinIsFolder: () => false,
      stdout: Object.assign(stdout.stream, { isTTY: true, columns: 100 }),
      stderr: stderr.stream,
      // What is captured is shown again among other lines, and perhaps in a pipe.
      environment: { ...environment, NO_COLOR: '1' },
      directory,
      onSignal: () => {},
      setExitCode: () => {},
    },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString('utf8') };
}
