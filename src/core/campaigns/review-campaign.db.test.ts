import { expect, it } from 'vitest';
import { CONFIG, createAudience, createTestCampaign, KEYRING } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { changeCampaign, type ReviewedAction } from './change-campaign.ts';
import { showCampaign } from './show-campaign.ts';

describeEngines('reviewing a campaign', (open) => {
  async function prepare(): Promise<Database> {
    const database = await open();
    await createAudience(database, 3, clockAt('2026-07-01T10:00:00.000Z'));
    await createTestCampaign(database, 'launch', {}, clockAt('2026-07-01T10:00:00.000Z'));
    return database;
  }

  const step = (
    database: Database,
    [minute, operator, action, note]: readonly [number, string, ReviewedAction, string | null],
    dryRun = false,
  ) =>
    changeCampaign('launch', action, note, {
      ...{ database, config: CONFIG, keyring: KEYRING, dryRun },
      clock: clockAt(`2026-07-01T11:0${minute}:00.000Z`),
      run: { id: null, operator },
    });

  it('keeps every step with who, when and why, also after it was rejected and begun again', async () => {
    const database = await prepare();
    const { digest } = await step(database, [1, 'anna', 'submit', 'for July']);
    await step(database, [2, 'maria', 'reject', 'wrong subject']);
    await step(database, [3, 'anna', 'submit', null]);
    await step(database, [4, 'maria', 'approve', 'fine now']);
    const { reviews } = await showCampaign(database.queries, 'launch');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(reviews).toEqual([
      { action: 'submitted', operator: 'anna', at: '2026-07-01T11:01:00.000Z', digest, note: 'for July' },
      {
        action: 'rejected',
        operator: 'maria',
        at: '2026-07-01T11:02:00.000Z',
        digest,
        note: 'wrong subject',
      },
      { action: 'submitted', operator: 'anna', at: '2026-07-01T11:03:00.000Z', digest, note: null },
      { action: 'approved', operator: 'maria', at: '2026-07-01T11:04:00.000Z', digest, note: 'fine now' },
    ]);
  });

  it('keeps nothing of a dry run, of a step that is refused, or of one that is no review', async () => {
    const database = await prepare();
    await step(database, [1, 'anna', 'submit', 'only looking'], true);
    await step(database, [2, 'anna', 'submit', null]);
    await expect(step(database, [3, 'anna', 'approve', 'mine'])).rejects.toMatchObject({
      code: 'state_forbids',
    });
    await step(database, [4, 'anna', 'cancel', null]);
    const { reviews } = await showCampaign(database.queries, 'launch');
    expect(reviews.map(({ action, at }) => [action, at])).toEqual([
      ['submitted', '2026-07-01T11:02:00.000Z'],
    ]);
  });
});
