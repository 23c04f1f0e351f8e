/*
 * The plan of a campaign for a million people: who is mailed and who is not, every mail measured, the digest; beside the
 * bare select of the same audience, page by page, in the same database. `node bench/plan.ts [sqlite|postgres] [people]`.
 * The goal is 10 s for a million, and memory that does not grow with them.
 */

import { sql } from 'kysely';
import { openAudiencePages } from '../src/core/campaigns/audience-queries.ts';
import { getCampaign } from '../src/core/campaigns/get-campaign.ts';
import { planCampaign } from '../src/core/campaigns/plan-campaign.ts';
import { systemClock } from '../src/core/clock.ts';
import type { Queries } from '../src/core/database/database.ts';
import { configSchema } from '../src/core/settings/config.ts';
import { suppressAddresses } from '../src/core/suppressions/suppress-addresses.ts';
import { createAudience, createTestCampaign, KEYRING } from '../test/campaign-fixture.ts';
import { type BenchEngine, usingBenchDatabase } from './bench-database.ts';

const [engine = 'sqlite', size = '1000000', template = 'launch'] = process.argv.slice(2);
const people = Number(size);
const PAGE = 5_000;
const ROUNDS = 3;

async function readAudience(queries: Queries): Promise<number> {
  const pages = { condition: sql<boolean>`1 = 1`, contestId: 1, columns: [], limit: PAGE };
  const readPage = openAudiencePages(queries, pages);
  let count = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(after);
    count += page.length;
    after = page.length < PAGE ? undefined : page.at(-1)?.customer_id;
  }
  return count;
}

async function measure(work: () => Promise<unknown>): Promise<{ seconds: number; processor: number }> {
  const before = performance.now();
  const used = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(used);
  return { seconds: (performance.now() - before) / 1_000, processor: (user + system) / 1_000_000 };
}

await usingBenchDatabase(engine as BenchEngine, async (database) => {
  await createAudience(database, people);
  await createTestCampaign(database, 'bench', { template });
  await database.transaction((trx) =>
    suppressAddresses(trx, { keyring: KEYRING, clock: systemClock, run: { id: null, operator: 'bench' } }, [
      { address_key: 'c7@people.test', reason: 'unsubscribed', source: 'bench' },
    ]),
  );
  const campaign = await getCampaign(database.queries, 'bench');
  const dependencies = { clock: systemClock, config: configSchema.parse({}), keyring: KEYRING };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const bare = await measure(() => database.snapshot(readAudience));
    const plan = await measure(() => database.snapshot((trx) => planCampaign(trx, campaign, dependencies)));
    const memory = Math.round(process.memoryUsage().rss / 1_000_000);
    console.log(
      `${engine}, ${people} people: select ${bare.seconds.toFixed(1)} s (${bare.processor.toFixed(1)} s of processor), ` +
        `plan ${plan.seconds.toFixed(1)} s (${plan.processor.toFixed(1)} s), ` +
        `ratio ${(plan.seconds / bare.seconds).toFixed(1)}, resident ${memory} MB`,
    );
  }
});
