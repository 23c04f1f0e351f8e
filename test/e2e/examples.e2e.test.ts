import { describe, expect, test } from 'vitest';
import { registry } from '../../src/commands/registry.ts';
import { createQuickstartPlace } from '../quickstart-copy.ts';

const commands = await Promise.all(registry.map(async ({ load }) => (await load()).command));
const examples = commands.flatMap(({ name, examples: list }) =>
  list.map((example) => ({ name, ...example })),
);

describe.concurrent('an example of the help, in the folder that the quick start leaves', () => {
  test.for(examples)('$line', async ({ line, exitCode = 0 }, { onTestFinished, expect: expectHere }) => {
    const place = await createQuickstartPlace({}, onTestFinished);
    const outcome = await place.shell(line);
    expectHere(outcome, `${outcome.stderr}\n${outcome.stdout.slice(0, 2_000)}`).toMatchObject({ exitCode });
    expectHere(outcome.stderr).not.toContain('This is a bug');
  });
});

test('every example begins with the name of its command', () => {
  const wrong = examples.filter(({ name, line }) => !line.includes(`referral ${name.replace(/ up$/, '')}`));
  expect(wrong.map(({ line }) => line)).toEqual([]);
});
