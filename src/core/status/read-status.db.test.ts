import { expect, it } from 'vitest';
import { createAudience, createTestCampaign, freeze } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { given, setUpReferrals } from '../../../test/given-referrals.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { finishRun, startRun } from '../runs/record-run.ts';
import { readStatus } from './read-status.ts';

const clock = clockAt('2026-07-01T10:00:00.000Z');
const later = clockAt('2026-07-01T12:00:00.000Z');

describeEngines('the status of a database', (open) => {
  async function needsOf(database: Database): Promise<Readonly<Record<string, string | null>>> {
    const { needs } = await readStatus(database, later);
    return Object.fromEntries(needs.map(({ what, subject, count }) => [`${what} ${subject}`, String(count)]));
  }

  async function recordRun(
    database: Database,
    command: string,
    end: 'done' | 'failed' | undefined,
    at = clock,
  ): Promise<void> {
    const start = { command, arguments: {}, operator: 'me', host: 'here', processId: 1, version: '0.0.0' };
    const { id } = await startRun(database.queries, at, start);
    if (end !== undefined)
      await finishRun(database.queries, at, id, { status: end, exitCode: 0, summary: {} });
  }

  it('says that nothing is wrong with a fresh one', async () => {
    expect(await readStatus(await open(), clock)).toMatchObject({
      ...{ running: [], campaigns: [], contests: [], payable: {}, needs: [], last_backup_at: null },
    });
  });

  it('tells mails that nobody sends, and those in doubt, also of a campaign that is over', async () => {
    const database = await open();
    await createAudience(database, 6, clock);
    for (const slug of ['first', 'second']) {
      await createTestCampaign(database, slug, {}, clock);
      await freeze(database, slug, clock);
    }
    await recordRun(database, 'backup create', 'done');
    expect(await needsOf(database)).toEqual({ 'nobody_sends first': '6', 'nobody_sends second': '6' });
    const { queries } = database;
    const { id } = await queries
      .insertInto('senders')
      .values({
        campaign_id: 2,
        transport: 'smtp',
        target: 'x',
        host: 'a',
        process_id: 1,
        started_at: clock.now(),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const ofFirst = queries.updateTable('deliveries').where('campaign_id', '=', 1);
    await ofFirst.set({ status: 'accepted' }).execute();
    await ofFirst.set({ status: 'in_doubt', sender_id: id }).where('id', '<=', 2).execute();
    await queries.updateTable('campaigns').set({ status: 'sent' }).where('slug', '=', 'first').execute();
    const status = await readStatus(database, later);
    expect(status.campaigns).toMatchObject([
      { campaign: 'second', status: 'sending', pending: 6, in_doubt: 0, sending: true },
      { campaign: 'first', status: 'sent', pending: 0, in_doubt: 2, sending: false },
    ]);
    expect(await needsOf(database)).toEqual({ 'in_doubt first': '2' });
  });

  it('tells referrals that a person holds up from those that only time does', async () => {
    const database = await open();
    const held = (referrer: string, reference: string, reason: string) => ({
      ...given(referrer, reference, '2026-05-03T10:00:00.000Z'),
      ...{ status: 'held' as const, reason },
    });
    await setUpReferrals(database, {}, [
      held('C-1', 'B-1', 'fraud.ring'),
      held('C-1', 'B-2', 'approval.hold_days'),
      held('C-2', 'B-3', 'approval.mode'),
      {
        ...given('C-2', 'B-4', '2026-05-04T10:00:00.000Z'),
        status: 'pending',
        reason: 'eligibility.statuses',
      },
    ]);
    await recordRun(database, 'backup create', 'done');
    expect((await readStatus(database, later)).contests).toMatchObject([
      { contest: 'summer', pending: 1, waiting: 1, undecided: 2 },
    ]);
    expect(await needsOf(database)).toEqual({ 'held_referrals summer': '2' });
  });

  it('tells a failure until the same command has gone well, and runs that never ended', async () => {
    const database = await open();
    await recordRun(database, 'rewards compute', 'failed');
    await recordRun(database, 'events import', 'failed');
    await recordRun(database, 'events import', 'done');
    await recordRun(database, 'customers import', undefined);
    expect((await readStatus(database, clock)).running).toMatchObject([{ command: 'customers import' }]);
    expect(await needsOf(database)).toEqual({ 'failed_run rewards compute': '1', 'unfinished_run 4': '1' });
  });

  it('puts a quarantine first', async () => {
    const database = await open();
    await recordRun(database, 'rewards compute', 'failed');
    await saveMeta(database.queries, 'quarantined_at', clock.now());
    const [first] = (await readStatus(database, later)).needs;
    expect(first).toMatchObject({
      ...{ what: 'quarantine', command: `referral backup release --confirm ${database.name}` },
    });
  });
});
