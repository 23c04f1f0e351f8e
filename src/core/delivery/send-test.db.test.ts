import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
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
import { readCampaignStatus } from '../campaigns/campaign-status.ts';
import { getCampaign } from '../campaigns/get-campaign.ts';
import { loadTestValues } from '../campaigns/load-test-values.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { importEvents } from '../events/import-events.ts';
import { systemRandom } from '../random.ts';
import { sendTest } from './send-test.ts';

const SEED = 'c1@people.test';

describeEngines('a test of a campaign', (open) => {
  async function sendTests(database: Database): Promise<readonly string[]> {
    await createAudience(database, 3);
    await createTestCampaign(database, 'launch', {
      variants: [
        { name: 'a', subject: 'Your code {{ code }}' },
        { name: 'b', subject: 'Code {{ code }}' },
      ],
    });
    const folder = await mkdtemp(join(tmpdir(), 'referral-test-mails-'));
    const transport = await openTestTransport({ outbox: folder });
    try {
      const { queries } = database;
      const campaign = await getCampaign(queries, 'launch');
      const values = await loadTestValues(queries, campaign, 'C-0000002', {
        config: CONFIG,
        keyring: KEYRING,
      });
      const result = await sendTest(queries, campaign, [SEED], values, { transport, random: systemRandom });
      expect(result).toMatchObject({ accepted: 2, refused: 0, in_doubt: 0 });
      const inside = join(folder, 'launch-test');
      const names = await readdir(inside);
      return await Promise.all(names.map((name) => readFile(join(inside, name), 'utf8')));
    } finally {
      await transport.close();
      await rm(folder, { recursive: true });
    }
  }

  it('says so in the subject, and its link unsubscribes nobody', async () => {
    const mails = await sendTests(await open());
    const subjects = mails.map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1]?.trim()).sort();
    expect(subjects).toEqual(['[Test a] Your code CODE2', '[Test b] Code CODE2']);
    expect(mails.every((mail) => mail.includes('/test-mail>'))).toBe(true);
  });

  it('is no delivery, and what is reported of it counts nowhere', async () => {
    const database = await open();
    const mails = await sendTests(database);
    const references = mails.map((mail) => /^Message-ID: <([^@]+)@/m.exec(mail)?.[1] ?? '');
    const event = (type: string, id: string, more: object): string =>
      JSON.stringify({ email: SEED, timestamp: 1_780_000_000, event: type, sg_event_id: id, ...more });
    const lines = [
      event('delivered', 'e1', { delivery: references[0] }),
      event('unsubscribe', 'e2', { delivery: references[0] }),
      event('bounce', 'e3', { 'smtp-id': `<${references[1]}@example.test>` }),
      event('open', 'e4', { delivery: 'other-1' }),
    ];
    const { signal } = new AbortController();
    const dependencies = { database, clock: systemClock, keyring: KEYRING, run: RUN, signal, dryRun: false };
    const imported = await importEvents(Readable.from([Buffer.from(lines.join('\n'))]), {
      ...dependencies,
      verifyKey: undefined,
    });
    expect(imported).toMatchObject({ events: 4, tests: 3, new: 1, duplicates: 0, matched: 0, unmatched: 1 });
    expect(imported).toMatchObject({ by_type: { opened: 1 }, suppressed: 0, withdrawn: 0 });
    const campaign = await getCampaign(database.queries, 'launch');
    expect(await statesOf(database, 'launch')).toEqual({});
    expect(await readCampaignStatus(database.queries, campaign)).toMatchObject({
      ...{ planned: 0, delivered: 0, bounced: 0, unsubscribed: 0 },
    });
    const seed = await database.queries
      .selectFrom('customers')
      .select('consent')
      .where('address_key', '=', SEED)
      .executeTakeFirstOrThrow();
    expect(seed.consent).toBe('granted');
  });
});
