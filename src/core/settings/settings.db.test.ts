import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { listAudit } from '../audit/list-audit.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { getRun, listRuns } from '../runs/list-runs.ts';
import { finishRun, startRun } from '../runs/record-run.ts';
import { type Change, listSettings, setSettings, unsetSetting } from './change-setting.ts';
import { isFlagOn, setFlag } from './flags.ts';
import { assertNotQuarantined } from './quarantine.ts';
import { getSetting } from './settings.ts';

const NOW = '2026-03-01T09:00:00.120Z';
const clock = clockAt(NOW);

function change(database: Database, dryRun = false): Change {
  return { database, clock, run: { id: null, operator: 'ann' }, dryRun };
}

describeEngines('settings', (open) => {
  test('have their default until somebody sets them, and again when unset', async () => {
    const database = await open();
    const { queries } = database;
    expect(await getSetting(queries, 'confirm_above')).toBe(1_000);
    expect(
      await setSettings(change(database), { confirm_above: 5, 'campaigns.require_approval': false }),
    ).toEqual({
      changed: ['confirm_above'],
      unchanged: ['campaigns.require_approval'],
      changes: [{ name: 'confirm_above', from: 1_000, to: 5 }],
    });
    expect(await getSetting(queries, 'confirm_above')).toBe(5);
    const row = (await listSettings(queries)).find(({ name }) => name === 'confirm_above');
    expect(row).toMatchObject({ value: 5, default: 1_000, updated_at: NOW, updated_by: 'ann' });
    expect(await unsetSetting(change(database), 'confirm_above')).toBe(true);
    expect(await unsetSetting(change(database), 'confirm_above')).toBe(false);
    expect(await getSetting(queries, 'confirm_above')).toBe(1_000);
    const audit = await listAudit(queries, { where: [], offset: 0, now: NOW });
    expect(audit.map(({ action, subject }) => `${action} ${subject}`)).toEqual([
      'setting.unset confirm_above',
      'setting.set confirm_above',
    ]);
  });

  test('are set all or none', async () => {
    const database = await open();
    await expect(setSettings(change(database), { confirm_above: 5, confirm_over: 6 })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('confirm_above'),
    });
    await expect(setSettings(change(database), { confirm_above: -1 })).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await getSetting(database.queries, 'confirm_above')).toBe(1_000);
  });

  test('stay as they are in a dry run', async () => {
    const database = await open();
    expect((await setSettings(change(database, true), { confirm_above: 5 })).changed).toEqual([
      'confirm_above',
    ]);
    expect(await getSetting(database.queries, 'confirm_above')).toBe(1_000);
    expect(await listAudit(database.queries, { where: [], offset: 0, now: NOW })).toEqual([]);
  });

  test('that were edited to nonsense are told, not used', async () => {
    const database = await open();
    const row = { name: 'confirm_above', value: '"many"', updated_at: NOW, updated_by: 'x' };
    await database.queries.insertInto('settings').values(row).execute();
    await expect(getSetting(database.queries, 'confirm_above')).rejects.toMatchObject({
      code: 'configuration_invalid',
      hint: expect.stringContaining('settings set confirm_above'),
    });
  });
});

describeEngines('what goes out', (open) => {
  test('is stopped by the flag and by a quarantine, each with its own error', async () => {
    const database = await open();
    await expect(assertNotQuarantined(database.queries)).resolves.toBeUndefined();
    expect(await setFlag(change(database), 'outgoing', false)).toBe(true);
    expect(await setFlag(change(database), 'outgoing', false)).toBe(false);
    await expect(assertNotQuarantined(database.queries)).rejects.toMatchObject({ code: 'state_forbids' });
    await setFlag(change(database), 'outgoing', true);
    expect(await isFlagOn(database.queries, 'outgoing')).toBe(true);
    await saveMeta(database.queries, 'quarantined_at', NOW);
    await expect(assertNotQuarantined(database.queries)).rejects.toMatchObject({
      code: 'quarantined',
      hint: expect.stringContaining('backup release'),
    });
    await expect(setFlag(change(database), 'outgong', true)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describeEngines('runs', (open) => {
  test('are recorded from start to end, and found again', async () => {
    const { queries } = await open();
    const start = { operator: 'ann', host: 'h', processId: 7, version: '1.2.3' };
    const first = await startRun(queries, clock, {
      ...start,
      command: 'customers import',
      arguments: { words: ['a.csv'] },
    });
    const second = await startRun(queries, clock, { ...start, command: 'backup create', arguments: {} });
    await finishRun(queries, clock, first.id, { status: 'partial', exitCode: 3, summary: { rejected: 2 } });
    expect(await getRun(queries, first.id)).toMatchObject({
      command: 'customers import',
      arguments: { words: ['a.csv'] },
      status: 'partial',
      exit_code: 3,
      summary: { rejected: 2 },
      started_at: NOW,
      finished_at: NOW,
    });
    const ids = async (...where: string[]) =>
      (await listRuns(queries, { where, offset: 0, now: NOW })).map(({ id }) => id);
    expect(await ids()).toEqual([second.id, first.id]);
    expect(await ids('status = running')).toEqual([second.id]);
    expect(await ids('command ~ import', 'exit_code = 3')).toEqual([first.id]);
    expect(
      (await listRuns(queries, { where: [], limit: 1, offset: 1, now: NOW })).map(({ id }) => id),
    ).toEqual([first.id]);
    await expect(getRun(queries, 99)).rejects.toMatchObject({ code: 'not_found' });
  });
});
