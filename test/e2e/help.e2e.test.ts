import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { registry } from '../../src/commands/registry.ts';
import { createPlace } from '../cli.ts';

describe.each(registry)('referral $name', ({ name, summary, load }) => {
  test('is called and summed up in the registry as in its own module', async () => {
    const { command } = await load();
    expect({ name: command.name, summary: command.summary }).toEqual({ name, summary });
  });

  test('shows three examples or more, its exit codes and what it reads', async () => {
    const { command } = await load();
    const place = await createPlace();
    const { exitCode, stdout, stderr } = await place.run(`${name} --help`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(command.examples.length).toBeGreaterThanOrEqual(3);
    for (const { line } of command.examples) expect(stdout).toContain(line);
    for (const code of [0, 1, 2, ...command.exitCodes])
      expect(stdout).toMatch(new RegExp(`^ +${code}  `, 'm'));
    expect(command.description.length).toBeGreaterThan(40);
    if (command.changes) expect(stdout).toContain('--dry-run');
    expect(stdout).not.toMatch(/undefined|\[object/);
  });
});

describe('the documentation', () => {
  test('lists every command in the table of the README', async () => {
    const readme = await readFile(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
    expect(registry.map(({ name }) => name).filter((name) => !isMentioned(readme, name))).toEqual([]);
  });

  test('lists every command in the help of the program and of its noun', async () => {
    const place = await createPlace();
    const { stdout } = await place.run('--help');
    for (const { name } of registry) expect(stdout).toContain(name);
    const nouns = new Set(
      registry.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0]),
    );
    for (const noun of nouns) {
      const help = await place.run(`${noun} --help`);
      const verbs = registry.filter(({ name }) => name.startsWith(`${noun} `));
      for (const { name, summary } of verbs) expect(help.stdout).toMatch(new RegExp(`${name} +${summary}`));
    }
  });
});

// `campaigns create` is there when a line has both the noun and the verb as words.
function isMentioned(text: string, name: string): boolean {
  const words = name.split(' ').map((word) => new RegExp(`(^|[^a-z-])${word}([^a-z-]|$)`));
  return text.split('\n').some((line) => words.every((word) => word.test(line)));
}
