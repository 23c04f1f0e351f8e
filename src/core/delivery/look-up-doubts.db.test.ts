import { expect, it, onTestFinished } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  freeze,
  openTestTransport,
  RUN,
  send,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { type SendgridServerOptions, startSendgridServer } from '../../../test/servers/sendgrid-server.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { lookUpDoubts } from './look-up-doubts.ts';
import { sleep } from './pace.ts';
import { createActivitySearch } from './sendgrid-activity.ts';

const PEOPLE = 60;

describeEngines("looking up in SendGrid's log", (open) => {
  /** A campaign whose first two requests were taken without a reply, and whose third was answered with 500. */
  async function prepare(options: SendgridServerOptions = {}) {
    const database = await open();
    await createAudience(database, PEOPLE);
    await createTestCampaign(database, 'launch');
    await freeze(database, 'launch');
    const server = await startSendgridServer({
      ...options,
      fault: (_, request) =>
        request < 2 ? { kind: 'lost_reply' } : request === 2 ? { kind: 'status', status: 500 } : undefined,
    });
    onTestFinished(() => server.close());
    const transport = await openTestTransport({ sendgrid: server.url });
    await send(database, 'launch', transport, { concurrency: 1, batchSize: 15 });
    await transport.close();
    expect(await statesOf(database, 'launch')).toEqual({ accepted: 15, in_doubt: 45 });
    return { database, url: server.url };
  }

  function lookUp(database: Database, url: string, { dryRun = false, apiKey = 'SG.test' } = {}) {
    const signal = new AbortController().signal;
    const findTaken = createActivitySearch({ apiKey, baseUrl: url, clock: systemClock, sleep, signal });
    return lookUpDoubts('launch', { database, clock: systemClock, run: RUN, dryRun, findTaken });
  }

  it('accepts what was taken, and leaves in doubt what is not found', async () => {
    const { database, url } = await prepare();
    expect(await lookUp(database, url, { dryRun: true })).toMatchObject({ resolved: 30, left: 15 });
    expect(await statesOf(database, 'launch')).toMatchObject({ in_doubt: 45 });
    expect(await lookUp(database, url)).toMatchObject({ resolved: 30, left: 15, status: 'sent' });
    expect(await statesOf(database, 'launch')).toEqual({ accepted: 45, in_doubt: 15 });
    expect(await lookUp(database, url)).toMatchObject({ resolved: 0, left: 15 });
  });

  it('waits as long as the log asks it to', async () => {
    const { database, url } = await prepare({ activityLimit: 1 });
    expect(await lookUp(database, url)).toMatchObject({ resolved: 30, left: 15 });
  });

  it('says what is missing when the key may not read the log', async () => {
    const { database, url } = await prepare({ apiKey: 'SG.test' });
    await expect(lookUp(database, url, { apiKey: 'SG.other' })).rejects.toMatchObject({
      code: 'credential_refused',
      hint: expect.stringContaining('add-on'),
    });
    expect(await statesOf(database, 'launch')).toMatchObject({ in_doubt: 45 });
  });
});
