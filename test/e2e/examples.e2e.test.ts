import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LongLivedProgram, startLongLivedProgram } from '../long-lived-program.ts';
import { createRenewedPlace, type RenewedPlace } from '../renewed-place.ts';
import { listExamples } from './list-examples.ts';

const examples = await listExamples();

// The others are in `examples-in-shell.e2e.test.ts`.
describe('an example of the help, in the folder that the quick start leaves', () => {
  let program: LongLivedProgram;
  let renewed: RenewedPlace;
  const cleanUps: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    program = startLongLivedProgram();
    renewed = await createRenewedPlace((cleanUp) => cleanUps.push(cleanUp));
  });
  afterEach(() => renewed.renew());
  afterAll(async () => {
    await program.close();
    for (const cleanUp of cleanUps) await cleanUp();
  });

  test.for(
    examples.flatMap(({ commands, ...example }) =>
      commands === undefined ? [] : [{ ...example, commands }],
    ),
  )('$line', async ({ commands, exitCode }) => {
    const { folder, env } = renewed.place;
    for (const [at, { variables, words }] of commands.entries()) {
      const outcome = await program.run({
        words: words.slice(1),
        folder,
        environment: { ...env, ...variables },
      });
      const isLast = at === commands.length - 1;
      expect(outcome, `${outcome.stderr}\n${outcome.stdout.slice(0, 2_000)}`).toMatchObject({
        exitCode: isLast ? exitCode : 0,
        leftOpen: [],
      });
      expect(outcome.stderr).not.toContain('This is a bug');
    }
  });
});

test('every example begins with the name of its command', () => {
  const wrong = examples.filter(({ name, line }) => !line.includes(`referral ${name.replace(/ up$/, '')}`));
  expect(wrong.map(({ line }) => line)).toEqual([]);
});
