import { sql } from 'kysely';
import type { Run } from '../src/core/audit/run.ts';
import { createCampaign, type NewCampaign } from '../src/core/campaigns/create-campaign.ts';
import { getCampaign } from '../src/core/campaigns/get-campaign.ts';
import { planCampaign } from '../src/core/campaigns/plan-campaign.ts';
import { type Clock, systemClock } from '../src/core/clock.ts';
import type { Database } from '../src/core/database/database.ts';
import { refreshStatistics } from '../src/core/database/refresh-statistics.ts';
import { rowsOfJson } from '../src/core/database/rows-of-json.ts';
import { createTransport } from '../src/core/delivery/create-transport.ts';
import { sleep } from '../src/core/delivery/pace.ts';
import {
  type SendDependencies,
  type SendOptions,
  type SendResult,
  sendCampaign,
} from '../src/core/delivery/send-campaign.ts';
import { startCampaign } from '../src/core/delivery/start-campaign.ts';
import type { Transport } from '../src/core/delivery/transport.ts';
import { systemRandom } from '../src/core/random.ts';
import { type Config, configSchema } from '../src/core/settings/config.ts';
import { createKeyring } from '../src/core/settings/keyring.ts';
import { saveTemplate } from '../src/core/templates/find-template.ts';

export const RUN: Run = { id: null, operator: 'tester' };
export const KEYRING = createKeyring(['a secret for tests only']);
export const CONFIG: Config = configSchema.parse({});

const MJML = `<mjml><mj-head><mj-preview>Share {{ code }}</mj-preview></mj-head><mj-body><mj-section><mj-column>
<mj-text>Hello {{ first_name | default: "there" }}, your code is {{ code }}. <a href="{{ referral_link }}">Share it</a></mj-text>
<mj-text>{{ postal_address }} <a href="{{ unsubscribe_link }}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>`;

const TEMPLATE = {
  name: 'hello',
  description: '',
  subject: 'Your code {{ code }}, {{ first_name | default: "you" }}',
  preheader: 'Share {{ code }}',
  mjml: MJML,
  sample: {},
};

/** An active contest whose `people` all agree to be mailed, take part and have a code: C-00001, c1@people.test … */
export async function createAudience(
  database: Database,
  people: number,
  clock: Clock = systemClock,
): Promise<void> {
  const now = clock.now();
  await database.transaction(async (trx) => {
    const { id: contest } = await trx
      .insertInto('contests')
      .values({
        ...{ slug: 'summer', name: 'Summer', benefit: '10% off', description: '', status: 'active' },
        ...{ timezone: 'UTC', starts_at: '2026-01-01T00:00:00.000Z', ends_at: '2027-01-01T00:00:00.000Z' },
        ...{ rules: '{}', rules_sha256: 'x', created_at: now, launched_at: now },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const columns = { n: 'integer' } as const;
    for (let from = 1; from <= people; from += 50_000) {
      const rows = Array.from({ length: Math.min(50_000, people - from + 1) }, (_, index) => ({
        n: from + index,
      }));
      const source = rowsOfJson(trx, 'r', columns, rows);
      const padded = sql`'C-' || substr('0000000' || r.n, -7)`;
      const number = database.engine === 'postgres' ? sql`'C-' || lpad(r.n::text, 7, '0')` : padded;
      await sql`insert into customers (customer_id, email, address_key, first_name, consent, attributes, source, created_at, updated_at)
        select ${number}, 'c' || r.n || '@people.test', 'c' || r.n || '@people.test', 'Zoë ' || r.n, 'granted', '{}', 'import', ${now}, ${now}
        from ${source} where true`.execute(trx);
    }
    await sql`insert into participants (contest_id, customer_ref, enrolled_at) select ${contest}, id, ${now} from customers`.execute(
      trx,
    );
    await sql`insert into codes (code, contest_id, customer_ref, status, created_at, expires_at)
      select 'CODE' || id, ${contest}, id, 'active', ${now}, '2099-01-01T00:00:00.000Z' from customers`.execute(
      trx,
    );
    await refreshStatistics(trx, people, ['customers', 'participants', 'codes']);
    await saveTemplate(trx, clock, TEMPLATE);
  });
}

/** A draft campaign over everyone. */
export async function createTestCampaign(
  database: Database,
  slug: string,
  more: Partial<NewCampaign> = {},
  clock: Clock = systemClock,
): Promise<void> {
  const campaign = {
    ...{ slug, contest: 'summer', template: 'hello', subject: null, where: [], rate: null },
    ...{ variants: [{ name: 'default', subject: null }], quietHours: null, sendAt: null },
    ...{ sendWindow: null, dailyCap: null },
    ...more,
  };
  await createCampaign(campaign, { database, clock, run: RUN, dryRun: false });
}

/** Freezes its recipients, as the first `send` does. */
export async function freeze(database: Database, slug: string, clock: Clock = systemClock): Promise<void> {
  const campaign = await getCampaign(database.queries, slug);
  const dependencies = { database, clock, config: CONFIG, keyring: KEYRING, run: RUN };
  const { digest } = await planCampaign(database.queries, campaign, dependencies);
  await startCampaign(slug, { digest, transport: 'outbox', dryRun: false }, dependencies);
}

/** Sends with small batches until nothing is pending. */
export async function send(
  database: Database,
  slug: string,
  transport: Transport,
  options: Partial<SendOptions> = {},
  more: Partial<SendDependencies> = {},
): Promise<SendResult> {
  return sendCampaign(
    slug,
    { concurrency: 2, batchSize: 10, patienceMs: 60_000, ...options },
    {
      database,
      clock: systemClock,
      random: systemRandom,
      keyring: KEYRING,
      config: CONFIG,
      run: RUN,
      signal: new AbortController().signal,
      sleep,
      transport,
      host: 'test-host',
      processId: process.pid,
      ...more,
    },
  );
}

/** A transport to a server on the loopback interface, or to an outbox in a folder. */
export async function openTestTransport(
  where: { readonly sendgrid: string } | { readonly smtp: string } | { readonly outbox: string },
  connections = 2,
  apiKey = 'SG.test',
): Promise<Transport> {
  const overrides =
    'sendgrid' in where
      ? { sendgrid: { base_url: where.sendgrid } }
      : 'smtp' in where
        ? { smtp: { url: where.smtp } }
        : { outbox: { directory: where.outbox } };
  const name = 'sendgrid' in where ? 'sendgrid' : 'smtp' in where ? 'smtp' : 'outbox';
  return createTransport(name, {
    config: configSchema.parse(overrides),
    clock: systemClock,
    directory: '/',
    processId: process.pid,
    connections,
    getSecret: () => Promise.resolve(apiKey),
  });
}

/** How many deliveries of a campaign are in each state. */
export async function statesOf(database: Database, slug: string): Promise<Readonly<Record<string, number>>> {
  const rows = await database.queries
    .selectFrom('deliveries')
    .innerJoin('campaigns', 'campaigns.id', 'deliveries.campaign_id')
    .select(['deliveries.status', ({ fn }) => fn.countAll<number>().as('count')])
    .where('campaigns.slug', '=', slug)
    .groupBy('deliveries.status')
    .execute();
  return Object.fromEntries(rows.map((row) => [row.status, Number(row.count)]));
}
