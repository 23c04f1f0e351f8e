import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseShellLine } from '../../../test/shell-line.ts';
import { registry } from '../registry.ts';
import type { AnyCommand } from './command.ts';
import type { Host } from './process.ts';
import { runProgram } from './run-program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referral-read-only-'));
});
afterEach(() => rm(folder, { recursive: true }));

const commands = await Promise.all(registry.map(async ({ load }) => (await load()).command));
const changing = commands
  .filter(({ changes }) => changes)
  .map((command) => ({ name: command.name, command }));

/** The words of an example, with a word in the place of what another command would print. */
function exampleOf({ name, examples }: AnyCommand): readonly string[] {
  const own = name.replace(/ up$/, '').split(' ');
  const lines = examples.flatMap(({ line }) => parseShellLine(line.replaceAll(/"\$\([^)]*\)"/g, 'X')) ?? []);
  const words = lines
    .map((line) => line.words.slice(1))
    .find((each) => own.every((word, at) => each[at] === word));
  if (words === undefined) throw new Error(`${name} has no example that needs no shell`);
  return words;
}

async function run(words: readonly string[], environment: Host['environment'] = {}) {
  let said = '';
  const hear = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        said += chunk.toString();
        done();
      },
    });
  const exitCode = await runProgram(words, {
    ...{ stdin: Readable.from([]), stdout: hear(), stderr: hear(), stdinIsFolder: () => false },
    ...{ environment: { HOME: folder, ...environment }, directory: folder },
    ...{ processId: 1, nodeVersion: '24.0.0', hostName: () => 'here', userName: () => 'tester' },
    ...{ changeDirectory: () => {}, onSignal: () => {}, setExitCode: () => {} },
    stop: () => {
      throw new Error('stopped');
    },
  });
  return { exitCode, said };
}

describe('with --read-only', () => {
  test.each(changing)('$name refuses before it begins', async ({ command }) => {
    const { exitCode, said } = await run([...exampleOf(command), '--read-only']);
    expect(exitCode, said).toBe(17);
    expect(said).toContain(`"${command.name}" changes something`);
    expect(await readdir(folder)).toEqual([]);
  });

  test('nothing that takes --dry-run is missing among them', () => {
    expect(changing.length).toBeGreaterThan(60);
    expect(changing.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['migrate up', 'campaigns send', 'rewards pay', 'backup restore', 'jobs run']),
    );
  });
});

test('a database that the configuration opens for reading only is not migrated', async () => {
  await writeFile(join(folder, 'referral.config.json'), '{"database":{"read_only":true}}');
  for (const words of [['migrate'], ['migrate', 'down'], ['migrate', '--dry-run']]) {
    const { exitCode, said } = await run(words);
    expect(exitCode, said).toBe(17);
  }
  expect(await readdir(folder)).toEqual(['referral.config.json']);
});
