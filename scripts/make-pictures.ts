import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

// Makes the pictures of the README from a fresh quick start: `npm run pictures`. The report needs Chromium.
const root = resolve(import.meta.dirname, '..');
const folder = await mkdtemp(join(tmpdir(), 'referral-pictures-'));
const run = async (...words: readonly string[]): Promise<void> => {
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    cwd: root,
    maxBuffer: 64 * 1024 * 1024,
  });
  console.log(stdout.trimEnd().split('\n').at(-1) ?? '');
};
try {
  const demo = join(folder, 'demo');
  await run('src/main.ts', 'quickstart', '--dir', demo);
  await run('scripts/picture-terminal.ts', demo, 'docs/images/terminal.svg');
  await run('scripts/picture-report.ts', join(demo, 'report.html'));
} finally {
  await rm(folder, { recursive: true, force: true });
}
