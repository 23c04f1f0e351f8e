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

/** Starts a TypeScript file of this folder in a process of its own. */
export function startChild(file: string, parameters: readonly string[]): Child {
  // Hundreds of them are started in a soak: what one has compiled the next one needs not.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'referral-test-compile-cache') };
  const words = [join(import.meta.dirname, file), ...parameters];
  const child = spawn(process.execPath, words, { stdio: 'pipe', env });
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
