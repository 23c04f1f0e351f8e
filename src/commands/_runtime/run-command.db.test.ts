import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { systemClock } from '../../core/clock.ts';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { type RunEnvironment, runRecorded } from './run-command.ts';

function environment(lines: string[]): RunEnvironment {
  const told = { line: (level: string, text: string) => lines.push(`${level}: ${text}`) };
  return {
    ...{
      clock: systemClock,
      log: told as unknown as RunEnvironment['log'],
      signal: new AbortController().signal,
    },
    globals: { dryRun: false } as RunEnvironment['globals'],
    ...{ words: [], commandName: 'customers import', operator: 'test', host: 'here', processId: 1 },
    ...{ redact: (text: string) => text, onRun: () => {} },
  };
}

const statuses = async ({ queries }: Database) =>
  (await queries.selectFrom('runs').select('status').execute()).map(({ status }) => status);

describeEngines('a recorded run', (open) => {
  test('is still done when its end can not be recorded, and says so', async () => {
    const database = await open();
    const lines: string[] = [];
    const result = await runRecorded(database, environment(lines), undefined, async () => {
      await sql`alter table runs rename to away`.execute(database.queries);
      return 'taken in';
    });
    await sql`alter table away rename to runs`.execute(database.queries);
    expect(result).toBe('taken in');
    expect(lines).toEqual([
      expect.stringMatching(/^warning: The work is done, but run \d+ could not be recorded/),
    ]);
    expect(await statuses(database)).toEqual(['running']);
  });

  test('that fails keeps its own error', async () => {
    const database = await open();
    const failing = runRecorded(database, environment([]), undefined, async () => {
      throw new ReferralError('interrupted', 'stopped');
    });
    await expect(failing).rejects.toThrow('stopped');
    expect(await statuses(database)).toEqual(['interrupted']);
  });
});
