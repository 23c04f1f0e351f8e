import { expect, test } from 'vitest';
import { z } from 'zod';
import { type AnyCommand, defineCommand } from '../_runtime/command.ts';
import { bashScript } from './bash-script.ts';
import { createCompletionModel } from './completion-model.ts';
import { fishScript } from './fish-script.ts';

function commandOf(name: string, changes: boolean): AnyCommand {
  return defineCommand({
    name,
    summary: `Does what ${name} says, it's said`,
    description: '',
    options: [{ flags: '--mode <mode>', description: 'how', choices: ['fast', 'slow'] }],
    examples: [],
    exitCodes: [],
    changes,
    input: z.object({}),
    run: async () => ({ kind: 'text', text: '' }),
  }) as AnyCommand;
}

const places = createCompletionModel([
  commandOf('codes list', false),
  commandOf('codes expire', true),
  commandOf('doctor', false),
]);

test('knows every place on the command line and the words that may follow', () => {
  const words = places.map(({ path, words: follow }) => [path, follow.map(({ word }) => word)]);
  expect(Object.fromEntries(words)).toEqual({
    '': ['codes', 'doctor'],
    codes: ['expire', 'list'],
    'codes expire': [],
    'codes list': [],
    doctor: [],
  });
});

test('offers --dry-run only where something changes', () => {
  const flagsAt = (path: string): readonly string[] =>
    places.find((place) => place.path === path)?.flags.flatMap(({ names }) => names) ?? [];
  expect(flagsAt('codes expire')).toContain('--dry-run');
  expect(flagsAt('codes list')).not.toContain('--dry-run');
  expect(flagsAt('codes list')).toEqual(expect.arrayContaining(['--mode', '--json', '-o', '--help']));
});

test('writes a bash script without a line for every repeated flag', () => {
  expect(bashScript(places).match(/--mode'\)/g)).toHaveLength(1);
});

test('quotes what people wrote for fish', () => {
  expect(fishScript(places)).toContain(`-a list -d 'Does what codes list says, it\\'s said'`);
});
