import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { appendAudit } from './append-audit.ts';
import { verifyAudit } from './verify-audit.ts';

const clock = clockAt('2026-03-01T09:00:00.120Z');

describeEngines('the audit log', (open, engine) => {
  const openWithEntries = async (count: number): Promise<Database> => {
    const database = await open();
    for (let at = 1; at <= count; at += 1) await append(database, at);
    return database;
  };
  const tamper = async (database: Database, ...statements: string[]): Promise<void> => {
    const [off, on] =
      engine === 'sqlite'
        ? [['drop trigger audit_log_refuses_update', 'drop trigger audit_log_refuses_delete'], []]
        : [['alter table audit_log disable trigger all'], ['alter table audit_log enable trigger all']];
    for (const statement of [...off, ...statements, ...on])
      await sql.raw(statement).execute(database.queries);
  };

  test('is intact when nobody has touched it, empty or not', async () => {
    expect(await verifyAudit((await open()).queries)).toEqual({
      intact: true,
      entries: 0,
      head: null,
      cut: null,
      problems: [],
    });
    const { queries } = await openWithEntries(5);
    const told: (number | undefined)[][] = [];
    const found = await verifyAudit(queries, (entries, total) => told.push([entries, total]));
    expect(found).toMatchObject({ intact: true, entries: 5, head: { sequence: 5 } });
    expect(told).toEqual([[5, 5]]);
  });

  test.each([
    [
      'an edited entry',
      `update audit_log set subject = 'x' where sequence = 2`,
      [{ sequence: 2, problem: 'edited' }],
    ],
    ['an entry taken out', 'delete from audit_log where sequence = 3', [{ sequence: 3, problem: 'missing' }]],
    [
      'the first entry taken out',
      'delete from audit_log where sequence = 1',
      [{ sequence: 1, problem: 'missing' }],
    ],
    ['the end cut off', 'delete from audit_log where sequence > 3', [{ sequence: 4, problem: 'missing' }]],
    ['everything taken out', 'delete from audit_log', [{ sequence: 1, problem: 'missing' }]],
  ])('finds %s', async (_what, statement, problems) => {
    const database = await openWithEntries(5);
    await tamper(database, statement);
    const found = await verifyAudit(database.queries);
    expect(found.intact).toBe(false);
    expect(found.problems).toMatchObject(problems);
  });

  test('finds two entries that changed places', async () => {
    const database = await openWithEntries(4);
    await tamper(
      database,
      'update audit_log set sequence = 99 where sequence = 2',
      'update audit_log set sequence = 2 where sequence = 3',
      'update audit_log set sequence = 3 where sequence = 99',
    );
    const { problems } = await verifyAudit(database.queries);
    expect(problems.map(({ sequence }) => sequence)).toEqual(expect.arrayContaining([2, 3]));
  });

  test('chains what two writers append at the same time', async () => {
    const database = await open();
    await Promise.all(Array.from({ length: 12 }, (_, at) => append(database, at)));
    expect(await verifyAudit(database.queries)).toMatchObject({ intact: true, entries: 12 });
  });
});

async function append(database: Database, at: number): Promise<void> {
  await database.transaction((transaction) =>
    appendAudit(
      transaction,
      clock,
      { id: null, operator: 'op' },
      {
        action: 'test.done',
        subject: `subject ${at}`,
        details: { at, text: 'é' },
      },
    ),
  );
}
