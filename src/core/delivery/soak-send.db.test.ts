import { expect, it } from 'vitest';
import { createAudience } from '../../../test/campaign-fixture.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { soakSend } from '../../../test/soak-send.ts';
import { openDatabase } from '../database/open-database.ts';

const KILLS = 30;
const SEED = 20_261_121;

describeEngineUrls('killing senders', (createUrl) => {
  it(`mails nobody twice and loses nobody over ${KILLS} kills, two senders and lost replies (seed ${SEED})`, async () => {
    const url = await createUrl();
    const database = await openDatabase({ url });
    try {
      await createAudience(database, 300);
      const result = await soakSend({
        database,
        url,
        kills: KILLS,
        recipients: 300,
        batchSize: 10,
        seed: SEED,
      });
      expect(result).toMatchObject({ duplicates: 0, unaccounted: 0 });
      expect(result.kills).toBeGreaterThanOrEqual(KILLS);
    } finally {
      await database.close();
    }
  }, 180_000);
});
