import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  CONFIG,
  createAudience,
  createTestCampaign,
  KEYRING,
  openTestTransport,
  RUN,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { changeCampaign } from '../campaigns/change-campaign.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { planCampaign } from '../campaigns/plan-campaign.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { sleep } from '../delivery/pace.ts';
import { systemRandom } from '../random.ts';
import { setSettings } from '../settings/change-setting.ts';
import { addMilliseconds } from '../time.ts';
import type { JobContext } from './job-work.ts';
import { scheduleCampaign } from './schedule-campaign.ts';
import { hasDueCampaigns, sendDueCampaigns } from './send-due-campaigns.ts';

const HOUR_MS = 3_600_000;
const past = addMilliseconds(systemClock.now(), -HOUR_MS);
const future = addMilliseconds(systemClock.now(), HOUR_MS);

describeEngines('campaigns that jobs send', (open) => {
  const start = async (more: Partial<JobContext> = {}): Promise<JobContext> => {
    const outbox = await mkdtemp(join(tmpdir(), 'referral-jobs-'));
    onTestFinished(() => rm(outbox, { recursive: true, force: true }));
    const database = await open();
    await createAudience(database, 3);
    return {
      ...{ database, clock: systemClock, random: systemRandom, run: RUN, config: CONFIG, keyring: KEYRING },
      ...{ signal: new AbortController().signal, sleep, directory: outbox, host: 'test-host' },
      ...{ processId: process.pid, programVersion: '0.0.0', hasProvider: false, dryRun: false },
      openTransport: () => openTestTransport({ outbox }),
      openStore: () => Promise.reject(new Error('no store here')),
      findUnseal: () => Promise.resolve(undefined),
      ...more,
    };
  };
  const dependenciesOf = ({ database }: JobContext) => {
    const clock = systemClock;
    return { database, clock, config: CONFIG, keyring: KEYRING, run: RUN };
  };
  const digestOf = async (context: JobContext, slug: string): Promise<string> => {
    const { queries } = context.database;
    const plan = await planCampaign(queries, await getCampaign(queries, slug), dependenciesOf(context));
    return plan.digest;
  };
  const schedule = async (context: JobContext, slug: string): Promise<void> => {
    const options = { digest: await digestOf(context, slug), transport: 'outbox', dryRun: false } as const;
    await scheduleCampaign(slug, options, dependenciesOf(context));
  };
  const change = (
    context: JobContext,
    slug: string,
    action: 'submit' | 'approve' | 'pause',
    operator = 'ann',
  ) =>
    changeCampaign(slug, action, null, {
      ...dependenciesOf(context),
      run: { id: null, operator },
      dryRun: false,
    });
  const isDue = ({ database }: Pick<JobContext, 'database'>): Promise<boolean> =>
    hasDueCampaigns(database.queries, systemClock.now());

  test('are those that were scheduled, once their time has come, each once', async () => {
    const context = await start();
    await createTestCampaign(context.database, 'now', { sendAt: past });
    await createTestCampaign(context.database, 'later', { sendAt: future });
    for (const slug of ['now', 'later']) await schedule(context, slug);
    expect(await isDue(context)).toBe(true);
    expect((await sendDueCampaigns(context)).summary).toMatchObject({
      campaigns: [{ campaign: 'now', status: 'sent', accepted: 3, pending: 0 }],
    });
    expect(await statesOf(context.database, 'later')).toEqual({ pending: 3 });
    expect(await isDue(context)).toBe(false);
    expect((await sendDueCampaigns(context)).summary).toEqual({ campaigns: [] });
  });

  test('leave out who has withdrawn since they were scheduled, and nobody else', async () => {
    const context = await start();
    await createTestCampaign(context.database, 'now');
    await schedule(context, 'now');
    await context.database.queries
      .updateTable('customers')
      .set({ consent: 'withdrawn' })
      .where('customer_id', '=', 'C-0000001')
      .execute();
    await sendDueCampaigns(context);
    expect(await statesOf(context.database, 'now')).toEqual({ accepted: 2, skipped: 1 });
  });

  test('are never drafts, nor what a person has begun, paused, or not approved', async () => {
    const context = await start();
    const { database } = context;
    for (const slug of ['draft', 'submitted', 'paused', 'begun']) {
      await createTestCampaign(database, slug, { sendAt: past });
    }
    await change(context, 'submitted', 'submit');
    await schedule(context, 'paused');
    await change(context, 'paused', 'pause');
    const options = { digest: await digestOf(context, 'begun'), transport: 'outbox', dryRun: false } as const;
    const { startCampaign } = await import('../delivery/start-campaign.ts');
    await startCampaign('begun', options, dependenciesOf(context));
    expect(await isDue(context)).toBe(false);
    expect((await sendDueCampaigns(context)).summary).toEqual({ campaigns: [] });
  });

  test('are also those approved with a time, as the plan that was submitted or not at all', async () => {
    const context = await start();
    const { database } = context;
    for (const slug of ['same', 'changed']) {
      await createTestCampaign(database, slug, { sendAt: past });
      await change(context, slug, 'submit');
      await change(context, slug, 'approve', 'bob');
    }
    await database.queries
      .updateTable('campaigns')
      .set({ plan_digest: '0'.repeat(64) })
      .where('slug', '=', 'changed')
      .execute();
    await expect(sendDueCampaigns(context)).rejects.toMatchObject({ code: 'plan_changed' });
    expect(await statesOf(database, 'same')).toEqual({ accepted: 3 });
    expect(await statesOf(database, 'changed')).toEqual({});
  });

  test('approved without a plan go to no more people than confirm_above', async () => {
    const context = await start();
    const { database } = context;
    await setSettings({ database, clock: systemClock, run: RUN, dryRun: false }, { confirm_above: 2 });
    await createTestCampaign(database, 'wide', { sendAt: past });
    await change(context, 'wide', 'approve');
    await expect(sendDueCampaigns(context)).rejects.toMatchObject({
      code: 'confirmation_needed',
      hint: expect.stringContaining('campaigns schedule wide'),
    });
    await setSettings({ database, clock: systemClock, run: RUN, dryRun: false }, { confirm_above: 3 });
    await sendDueCampaigns(context);
    expect(await statesOf(database, 'wide')).toEqual({ accepted: 3 });
  });

  test('do not end in the outbox by mistake where a provider is set up', async () => {
    const context = await start({ hasProvider: true });
    const { database } = context;
    await createTestCampaign(database, 'now', { sendAt: past });
    await change(context, 'now', 'approve');
    await expect(sendDueCampaigns(context)).rejects.toMatchObject({
      code: 'state_forbids',
      hint: expect.stringContaining('jobs.transport'),
    });
    await setSettings(
      { database, clock: systemClock, run: RUN, dryRun: false },
      { 'jobs.transport': 'outbox' },
    );
    await sendDueCampaigns(context);
    expect(await statesOf(database, 'now')).toEqual({ accepted: 3 });
  });

  test('stay where they are in a dry run and in quarantine', async () => {
    const context = await start();
    const { database } = context;
    await createTestCampaign(database, 'now', { sendAt: past });
    await createTestCampaign(database, 'next', { sendAt: past });
    await schedule(context, 'now');
    await change(context, 'next', 'approve');
    expect((await sendDueCampaigns({ ...context, dryRun: true })).summary).toEqual({
      would_send: ['next', 'now'],
    });
    expect(await statesOf(database, 'now')).toEqual({ pending: 3 });
    expect(await statesOf(database, 'next')).toEqual({});
    await quarantine(database);
    await expect(sendDueCampaigns(context)).rejects.toMatchObject({ code: 'quarantined' });
  });
});

function quarantine({ queries }: Database): Promise<void> {
  return saveMeta(queries, 'quarantined_at', '2026-03-01T00:00:00.000Z');
}
