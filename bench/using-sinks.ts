import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Sinks {
  readonly sendgrid: string;
  readonly smtp: string;
}

/** Lends the loopback servers of `sinks.ts`; the SendGrid API answers after so many milliseconds. */
export async function usingSinks<T>(milliseconds: number, work: (sinks: Sinks) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'sinks.ts'), String(milliseconds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return await work(JSON.parse(line.toString()) as Sinks);
  } finally {
    child.kill();
  }
}
