import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkExposition } from '../../../test/check-exposition.ts';
import { errorOf, jsonOf, type Place } from '../../../test/cli.ts';
import { createQuickstartPlace } from '../../../test/quickstart-copy.ts';

interface Result {
  readonly job: string;
  readonly outcome: string;
}

async function runsOf(place: Place): Promise<number> {
  const { stdout } = await place.run(['runs', 'list', '--where', 'command = jobs run', '--json']);
  return (JSON.parse(stdout) as unknown[]).length;
}

test('a night of two crons: every job once, one line of JSON, and no run where nothing is due', async () => {
  const place = await createQuickstartPlace();
  const line = 'jobs run daily --lock-wait 1m';
  const nights = await Promise.all([place.run(line), place.run(line)]);
  const outcomes = nights.flatMap((night) => {
    expect(night.stderr).toBe('');
    expect(night.exitCode).toBe(0);
    expect(night.stdout.trimEnd()).not.toContain('\n');
    return jsonOf(night)['results'] as Result[];
  });
  const done = outcomes.filter(({ outcome }) => outcome === 'done').map(({ job }) => job);
  expect(new Set(done).size).toBe(done.length);
  expect(done).toEqual(expect.arrayContaining(['compute-rewards', 'backup', 'score-segments']));
  const runs = await runsOf(place);
  const again = jsonOf(await place.run('jobs run daily --json'));
  expect(again).toMatchObject({ done: 0, failed: 0 });
  expect(await runsOf(place)).toBe(runs);
  const list = JSON.parse((await place.run('jobs list --json')).stdout) as Record<string, unknown>[];
  expect(list.find(({ job }) => job === 'backup')).toMatchObject({ outcome: 'done', overdue: false });
  const metrics = await place.run('metrics');
  expect(checkExposition(metrics.stdout)).toEqual([]);
  expect(metrics.stdout).toContain('referral_job_last_success_timestamp_seconds{job="backup"}');
});

test('nothing runs where it must not: only reading, quarantined, switched off', async () => {
  const place = await createQuickstartPlace();
  const refusal = async (line: string, env: Record<string, string> = {}) => {
    const outcome = await place.run(`${line} --json`, { env });
    return [outcome.exitCode, errorOf(outcome).code];
  };
  expect(await refusal('jobs run daily --read-only')).toEqual([17, 'state_forbids']);
  expect(await refusal('rewards compute', { REFERRAL_DATABASE_READ_ONLY: 'true' })).toEqual([
    17,
    'state_forbids',
  ]);
  expect((await place.run('report summary --contest summer-referral --read-only')).exitCode).toBe(0);
  expect((await place.run('doctor --offline --read-only')).exitCode).toBe(0);
  expect(await refusal('jobs run daily', { ENABLE_REFERRAL_SYSTEM: 'false' })).toEqual([17, 'state_forbids']);
  expect((await place.run('backup create', { env: { ENABLE_REFERRAL_SYSTEM: 'false' } })).exitCode).toBe(0);
  await place.run('flags set outgoing off');
  expect(await refusal('rewards pay --yes -o payouts.csv')).toEqual([17, 'state_forbids']);
  // Backups and the rest go on: only what goes out stands still.
  expect((await place.run('jobs run daily')).exitCode).toBe(0);
  const backup = jsonOf(await place.run('backup create --json'))['id'];
  await place.run(`backup restore ${backup} --into sqlite:restored.db`);
  expect(await refusal('jobs run daily --database sqlite:restored.db')).toEqual([17, 'quarantined']);
});

test('settings and flags show what changes, and who changed it', async () => {
  const place = await createQuickstartPlace({ REFERRAL_OPERATOR: 'ann' });
  await writeFile(join(place.folder, 'settings.json'), '{"confirm_above": 500, "jobs.daily_at": "03:30"}');
  const dry = jsonOf(await place.run('settings import settings.json --dry-run --json'));
  expect(dry['changes']).toEqual([
    { name: 'confirm_above', from: 1_000, to: 500 },
    { name: 'jobs.daily_at', from: '02:00', to: '03:30' },
  ]);
  expect(jsonOf(await place.run('settings get confirm_above --json'))['value']).toBe(1_000);
  await place.run('settings import settings.json');
  await place.run('settings unset confirm_above');
  const history = JSON.parse((await place.run('settings history confirm_above --json')).stdout) as unknown;
  expect(history).toMatchObject([
    { name: 'confirm_above', from: 500, to: null, operator: 'ann' },
    { name: 'confirm_above', from: 1_000, to: 500, operator: 'ann' },
  ]);
  const flags = await place.run('flags import - --json', { input: '{"outgoing": false}' });
  expect(jsonOf(flags)['changes']).toEqual([{ name: 'outgoing', from: true, to: false }]);
  expect((await place.run('flags export')).stdout).toBe('{\n  "outgoing": false\n}\n');
  const wrong = await place.run('flags import - --json', { input: '{"outgoing": "no"}' });
  expect([wrong.exitCode, errorOf(wrong).code]).toEqual([2, 'usage']);
});

test('the beginning of the audit log is cut off into a file, and all of it can still be proved', async () => {
  const place = await createQuickstartPlace();
  const { head } = jsonOf(await place.run('audit verify --json')) as { head: { sequence: number } };
  await writeFile(join(place.folder, 'head.json'), JSON.stringify(head));
  const refused = await place.run('audit prune --before 1ms --to old.ndjson --json');
  expect([refused.exitCode, errorOf(refused).code]).toEqual([16, 'confirmation_needed']);
  const cut = jsonOf(
    await place.run('audit prune --before 1ms --to old.ndjson --confirm referral.db --json'),
  );
  expect(cut).toMatchObject({ from: 1, to: head.sequence - 1 });
  expect((await place.run('audit verify --head head.json --archive old.ndjson')).exitCode).toBe(0);
  expect((await place.run('migrate verify')).exitCode).toBe(0);
  const text = await readFile(join(place.folder, 'old.ndjson'), 'utf8');
  await writeFile(join(place.folder, 'bent.ndjson'), text.replace('"operator":"', '"operator":"x'));
  expect((await place.run('audit verify --archive bent.ndjson')).exitCode).toBe(6);
  await writeFile(join(place.folder, 'bent.json'), JSON.stringify({ ...head, hash: '0'.repeat(64) }));
  expect((await place.run('audit verify --head bent.json')).exitCode).toBe(6);
});
