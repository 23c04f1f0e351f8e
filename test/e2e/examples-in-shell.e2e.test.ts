import { describe, test } from 'vitest';
import { createQuickstartPlace } from '../quickstart-copy.ts';
import { listExamples } from './list-examples.ts';

const inShell = (await listExamples()).filter(({ commands }) => commands === undefined);

describe.concurrent('an example of the help that needs a shell, in the folder that the quick start leaves', () => {
  test.for(inShell)('$line', async ({ line, exitCode }, { onTestFinished, expect }) => {
    const place = await createQuickstartPlace({}, onTestFinished);
    const outcome = await place.shell(line);
    expect(outcome, `${outcome.stderr}\n${outcome.stdout.slice(0, 2_000)}`).toMatchObject({ exitCode });
    expect(outcome.stderr).not.toContain('This is a bug');
  });
});
