import { expect, it } from 'vitest';
import { createAudience } from '../../../test/campaign-fixture.ts';
import { describeEngineUrls } from '../../../test/engines.ts';
import { SOAK_TRANSPORTS } from '../../../test/servers/soak-provider.ts';
import { soakSend } from '../../../test/soak-send.ts';
import { openDatabase } from '../database/open-database.ts';

// Sixty in all: every named point is hit on each engine and over each transport.
const KILLS = 15;
const SEED = 20_261_121;
const CONCURRENCY = 2;
const BATCH = 10;

describeEngineUrls('killing senders', (createUrl) => {
  it.each(SOAK_TRANSPORTS)(
    `mails nobody twice and loses nobody over ${KILLS} kills, two senders and a failing provider, over %s (seed ${SEED})`,
    async (transport) => {
      const url = await createUrl();
      const database = await openDatabase({ url });
      try {
        await createAudience(database, 300);
        const options = { database, url, transport, kills: KILLS, batchSize: BATCH, seed: SEED };
        const result = await soakSend(options);
        expect(result).toMatchObject({ duplicates: 0, unaccounted: 0 });
        expect(result.kills).toBeGreaterThanOrEqual(KILLS);
        expect(result.maxInDoubtPerKill).toBeLessThanOrEqual(CONCURRENCY * BATCH);
        const { 'any time': _, ...named } = result.killsByPoint;
        expect(Object.entries(named).filter(([, count]) => count === 0)).toEqual([]);
      } finally {
        await database.close();
      }
    },
    180_000,
  );
});
