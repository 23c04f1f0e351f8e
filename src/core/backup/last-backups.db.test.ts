import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { findLastBackups } from './last-backups.ts';
import { insertRecord } from './record-queries.ts';

const RECORD = {
  store: '/var/backups/referral',
  rows: 3,
  bytes: 2_000,
  new_bytes: 100,
  duration_ms: 12,
  problem: null,
  run_id: null,
};

describeEngines('the last backups', (open) => {
  test('are nothing before the first one', async () => {
    const { queries } = await open();
    expect(await findLastBackups(queries)).toEqual({
      created: undefined,
      drilled: undefined,
      drill_failed: undefined,
      pruned: undefined,
    });
  });

  test('are the newest of each kind, and a failed drill only while no later one went well', async () => {
    const { queries } = await open();
    const at = (minute: number) => `2026-03-01T09:0${minute}:00.000Z`;
    const add = (
      minute: number,
      action: 'created' | 'drilled' | 'pruned',
      outcome: 'done' | 'failed',
      id: string,
    ) => insertRecord(queries, { ...RECORD, action, outcome, backup_id: id, recorded_at: at(minute) });
    await add(1, 'created', 'done', 'a');
    await add(2, 'created', 'done', 'b');
    await add(3, 'created', 'failed', 'c');
    await add(4, 'drilled', 'done', 'b');
    await add(5, 'drilled', 'failed', 'b');
    const found = await findLastBackups(queries);
    expect(found.created).toMatchObject({ at: at(2), backup_id: 'b', bytes: 2_000, new_bytes: 100 });
    expect(found.drilled).toMatchObject({ at: at(4) });
    expect(found.drill_failed).toMatchObject({ at: at(5) });
    await add(6, 'drilled', 'done', 'b');
    expect((await findLastBackups(queries)).drill_failed).toBeUndefined();
  });
});
