import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Ran {
  readonly seconds: number;
  /** The most memory that it had, in MB; undefined where the system does not tell. */
  readonly megabytes: number | undefined;
  /** Seconds of CPU that were seen; undefined where the system does not tell. */
  readonly cpuSeconds: number | undefined;
  readonly stdout: string;
}

const PROGRAM = resolve(import.meta.dirname, '../bin/referral.js');
const LOOK_MS = 20;

/** Runs `referral` as a person would, start-up included. Run `npm run build` first. */
export function runReferral(args: readonly string[], folder: string): Promise<Ran> {
  return runProgram(process.execPath, [PROGRAM, ...args], { folder });
}

/** Runs any program, watches its memory, and throws when it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { folder, input = '' }: { readonly folder: string; readonly input?: string },
): Promise<Ran> {
  const before = performance.now();
  const child = spawn(program, args, { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    output.stdout += String(text);
  });
  child.stderr.on('data', (text) => {
    output.stderr += String(text);
  });
  child.stdin.end(input);
  const closed = once(child, 'close');
  let isRunning = true;
  void closed.then(() => {
    isRunning = false;
  });
  let megabytes: number | undefined;
  let used: number | undefined;
  while (isRunning) {
    megabytes = highestMemory(child.pid) ?? megabytes;
    used = cpuSeconds(child.pid) ?? used;
    await Promise.race([sleep(LOOK_MS), closed]);
  }
  const seconds = (performance.now() - before) / 1_000;
  if (child.exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: ${output.stderr}`);
  return { seconds, megabytes, cpuSeconds: used, stdout: output.stdout };
}

/** Linux counts the most that a process ever had. */
function highestMemory(pid: number | undefined): number | undefined {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1_000);
  } catch {
    return undefined;
  }
}

const TICKS = 100;

/** User and system time so far of a process, or of the children that it has waited for: fields 14 to 17 of proc_pid_stat(5). */
export function cpuSeconds(pid: number | undefined, whose: 'own' | 'children' = 'own'): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const [user, system] = whose === 'own' ? [fields[11], fields[12]] : [fields[13], fields[14]];
    return (Number(user) + Number(system)) / TICKS;
  } catch {
    return undefined;
  }
}
