import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** Everything it has printed so far. */
  output(): string;
  /** Resolves when it has printed its first line. */
  readonly ready: Promise<void>;
  /** Resolves with the exit code, null when it was killed. */
  readonly ended: Promise<number | null>;
}

export interface ChildOptions {
  /** No file that it writes may grow beyond this: how a full disk looks to it. Not on Windows. */
  readonly maxFileBytes?: number;
  /** How much shorter it sleeps, where it is made to. */
  readonly hurry?: number;
}

/** Starts a TypeScript file of this folder in a process of its own. */
export function startChild(
  file: string,
  parameters: readonly string[],
  { maxFileBytes, hurry = 1 }: ChildOptions = {},
): Child {
  // Hundreds of them are started in a soak: what one has compiled the next one needs not.
  const cache = join(tmpdir(), 'referral-test-compile-cache');
  const env = { ...process.env, NODE_COMPILE_CACHE: cache, REFERRAL_TEST_HURRY: String(hurry) };
  const words = [join(import.meta.dirname, file), ...parameters];
  const child =
    maxFileBytes === undefined
      ? spawn(process.execPath, words, { stdio: 'pipe', env })
      : // With the signal ignored a write beyond the limit fails instead of ending the process. Blocks of 512 bytes.
        spawn(
          'sh',
          ['-c', `trap '' XFSZ; ulimit -f ${maxFileBytes / 512}; exec "$0" "$@"`, process.execPath, ...words],
          { stdio: 'pipe', env },
        );
  let output = '';
  let isReady = (): void => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const read = (chunk: Buffer): void => {
    output += chunk.toString();
    if (output.includes('\n')) isReady();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, output: () => output, ready, ended };
}
