import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createHelpSnapshot } from '../scripts/reference/create-help-snapshot.ts';
import { registry } from '../src/commands/registry.ts';
import { runHere } from './run-here.ts';

describe.each(registry)('referral $name', ({ name, summary, load }) => {
  test('is called and summed up in the registry as in its own module', async () => {
    const { command } = await load();
    expect({ name: command.name, summary: command.summary }).toEqual({ name, summary });
  });

  test('shows three examples or more, its exit codes and what it reads', async () => {
    const { command } = await load();
    const { exitCode, stdout, stderr } = await runHere([...name.split(' '), '--help']);
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

test('the help of everything is what it was; npm run reference writes down what it is now', async () => {
  expect(await readFile(join(import.meta.dirname, 'help-snapshot.txt'), 'utf8')).toBe(
    await createHelpSnapshot(),
  );
});

test('every command is in the table of the README', async () => {
  const readme = await readFile(join(import.meta.dirname, '..', 'README.md'), 'utf8');
  expect(registry.map(({ name }) => name).filter((name) => !isMentioned(readme, name))).toEqual([]);
});

test('every command is in the help of the program and of its noun', async () => {
  const { stdout } = await runHere(['--help']);
  for (const { name } of registry) expect(stdout).toContain(name);
  const nouns = new Set(
    registry.filter(({ name }) => name.includes(' ')).map(({ name }) => name.split(' ')[0] ?? ''),
  );
  for (const noun of nouns) {
    // `completion` is a command as well, and shows its own help.
    if (registry.some(({ name }) => name === noun)) continue;
    const help = await runHere([noun, '--help']);
    const verbs = registry.filter(({ name }) => name.startsWith(`${noun} `));
    for (const { name, summary } of verbs) expect(help.stdout).toMatch(new RegExp(`${name} +${summary}`));
  }
});

// `campaigns create` is there when a line has both the noun and the verb as words.
function isMentioned(text: string, name: string): boolean {
  const words = name.split(' ').map((word) => new RegExp(`(^|[^a-z-])${word}([^a-z-]|$)`));
  return text.split('\n').some((line) => words.every((word) => word.test(line)));
}
