import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TestProject } from 'vitest/node';
import { PROGRAM } from './cli.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that one `referral quickstart` left, or why there is none. Tests work on copies. */
    readonly quickstart: { readonly folder: string; readonly failure: string | undefined };
  }
}

/** Runs the quick start once for all tests that need its folder. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const parent = await mkdtemp(join(tmpdir(), 'referral-quickstart-'));
  const folder = join(parent, 'demo');
  const { exitCode, stderr } = await execa(
    process.execPath,
    [PROGRAM, 'quickstart', '--dir', folder, '--json'],
    { cwd: parent, reject: false, env: { HOME: parent }, extendEnv: false },
  );
  const failure = exitCode === 0 ? undefined : `quickstart ended with ${exitCode}: ${stderr.slice(-2_000)}`;
  project.provide('quickstart', { folder, failure });
  return () => rm(parent, { recursive: true, force: true });
}
