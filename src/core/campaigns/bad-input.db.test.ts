import { expect, it } from 'vitest';
import {
  createAudience,
  createTestCampaign,
  KEYRING,
  RUN,
  statesOf,
} from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { type Clock, clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { startCampaign } from '../delivery/start-campaign.ts';
import { setSettings } from '../settings/change-setting.ts';
import { configSchema } from '../settings/config.ts';
import { saveTemplate } from '../templates/find-template.ts';
import { getCampaign } from './get-campaign.ts';
import { planCampaign } from './plan-campaign.ts';

const clock = clockAt('2026-07-01T10:00:00.000Z');

const FOOTER = '<mj-text>{{ postal_address }} <a href="{{ unsubscribe_link }}">Unsubscribe</a></mj-text>';

const mjmlOf = (body: string, footer = FOOTER): string =>
  `<mjml><mj-body><mj-section><mj-column><mj-text>Your code is {{ code }}</mj-text>${body}${footer}</mj-column></mj-section></mj-body></mjml>`;

describeEngines('a campaign that must not be sent', (open) => {
  async function prepare(
    mjml: string = mjmlOf(''),
    more: { readonly subject?: string; readonly where?: readonly string[] } = {},
  ): Promise<Database> {
    const database = await open();
    await createAudience(database, 4, clock);
    const { subject = 'Hello', where = [] } = more;
    const template = { name: 'mine', description: '', subject, preheader: 'Share it', mjml, sample: {} };
    await database.transaction((trx) => saveTemplate(trx, clock, template));
    await createTestCampaign(database, 'bad', { template: 'mine', where }, clock);
    return database;
  }

  /** Tries to send it, as it is planned now; nobody may be frozen. */
  async function refusal(database: Database, mail: object = {}, at: Clock = clock) {
    const dependencies = {
      ...{ database, clock: at, keyring: KEYRING, run: RUN },
      config: configSchema.parse({ mail }),
    };
    const campaign = await getCampaign(database.queries, 'bad');
    const { digest } = await planCampaign(database.queries, campaign, dependencies);
    const error: unknown = await startCampaign(
      'bad',
      { digest, transport: 'outbox', dryRun: false },
      dependencies,
    ).catch((thrown: unknown) => thrown);
    expect(await statesOf(database, 'bad')).toEqual({});
    expect((await getCampaign(database.queries, 'bad')).status).toBe('draft');
    return error;
  }

  const refusedFor = (check: string, message: RegExp, fix: RegExp) => ({
    code: 'state_forbids',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(fix),
    details: { campaign: 'bad', failed: [check] },
  });

  const setCustomer = ({ queries }: Database, id: number, values: Readonly<Record<string, unknown>>) =>
    queries.updateTable('customers').set(values).where('id', '=', id).execute();

  const setContest = ({ queries }: Database, values: Readonly<Record<string, unknown>>) =>
    queries.updateTable('contests').set(values).execute();

  it('would be sent otherwise', async () => {
    const database = await prepare();
    const dependencies = { database, clock, keyring: KEYRING, run: RUN, config: configSchema.parse({}) };
    const { digest } = await planCampaign(
      database.queries,
      await getCampaign(database.queries, 'bad'),
      dependencies,
    );
    await startCampaign('bad', { digest, transport: 'outbox', dryRun: false }, dependencies);
    expect(await statesOf(database, 'bad')).toEqual({ pending: 4 });
  });

  it('is from an address that the configuration does not call verified', async () => {
    const mail = {
      from_email: 'news@travel-company.nl',
      verified_senders: 'other.nl, jan@travel-company.nl',
    };
    expect(await refusal(await prepare(), mail)).toMatchObject(
      refusedFor('from_address', /news@travel-company\.nl is not in mail\.verified_senders/, /Verify/),
    );
  });

  it('is signed by a domain that has nothing to do with its sender', async () => {
    const mail = { from_email: 'news@travel-company.nl', dkim_domain: 'mailer.com' };
    expect(await refusal(await prepare(), mail)).toMatchObject(
      refusedFor('dmarc', /not aligned/, /Authenticate travel-company\.nl/),
    );
  });

  it('shows no postal address', async () => {
    const footer = '<mj-text><a href="{{ unsubscribe_link }}">Unsubscribe</a></mj-text>';
    expect(await refusal(await prepare(mjmlOf('', footer)))).toMatchObject(
      refusedFor('postal_address', /postal_address/, /footer/),
    );
  });

  it.each([
    ['nowhere', '<mj-text>{{ postal_address }}</mj-text>'],
    [
      'only for some',
      '<mj-text>{{ postal_address }}{% if tier %}<a href="{{ unsubscribe_link }}">Stop</a>{% endif %}</mj-text>',
    ],
  ])('has its unsubscribe link %s', async (_, footer) => {
    expect(await refusal(await prepare(mjmlOf('', footer)))).toMatchObject(
      refusedFor('unsubscribe_link', /unsubscribe_link/, /footer/),
    );
  });

  it('shows something that somebody has not, unless that is allowed', async () => {
    const database = await prepare(mjmlOf('<mj-text>{{ tier }}</mj-text>'));
    for (const id of [1, 2, 4]) await setCustomer(database, id, { tier: 'gold' });
    expect(await refusal(database)).toMatchObject(
      refusedFor(
        'values',
        /1 person has no value for tier and is left out: C-0000003/,
        /\{\{ tier \| default: "…" \}\}.*campaigns\.allow_missing_values true/,
      ),
    );
    const settings = { 'campaigns.allow_missing_values': true };
    await setSettings({ database, clock, run: RUN, dryRun: false }, settings);
    const campaign = await getCampaign(database.queries, 'bad');
    const plan = await planCampaign(database.queries, campaign, {
      ...{ clock, keyring: KEYRING, config: configSchema.parse({}) },
    });
    expect(plan).toMatchObject({ recipients: 3, excluded: { missing_value: 1 } });
    expect(plan.checks.find(({ name }) => name === 'values')).toMatchObject({ result: 'warned' });
  });

  it('is too large for a single one of its recipients', async () => {
    const database = await prepare(mjmlOf('<mj-text>{{ attributes.story | default: "" }}</mj-text>'));
    await setCustomer(database, 2, { attributes: JSON.stringify({ story: 'é'.repeat(51_000) }) });
    expect(await refusal(database)).toMatchObject(
      refusedFor('size', /1\d\d kB of HTML for C-0000002: Gmail clips/, /Shorten/),
    );
  });

  it('has a line break in its subject', async () => {
    expect(await refusal(await prepare(mjmlOf(''), { subject: 'Hello\r\nBcc: a@b.nl' }))).toMatchObject(
      refusedFor('subject', /line break/, /one line/),
    );
  });

  it.each([
    ['an address that is not absolute', 'href="www.travel-company.nl/stay"', /is not absolute/],
    ['a blank', 'href="https://travel-company.nl/my stay"', /has a blank/],
    ['a placeholder', 'href="https://travel-company.nl/TODO"', /still has a placeholder/],
    ['the machine of its reader', 'href="https://localhost/stay"', /the machine of whoever reads it/],
  ])('links to %s', async (_, href, message) => {
    const database = await prepare(mjmlOf(`<mj-text><a ${href}>Look</a></mj-text>`));
    expect(await refusal(database)).toMatchObject(refusedFor('links', message, /https:\/\//));
  });

  it('has a link that can not be filled in for somebody', async () => {
    const link = '<mj-text><a href="{{ attributes.home }}">Home</a></mj-text>';
    const database = await prepare(mjmlOf(link));
    for (const id of [1, 2, 3, 4]) {
      const home = id === 3 ? 'javascript:alert(1)' : 'https://travel-company.nl';
      await setCustomer(database, id, { attributes: JSON.stringify({ home }) });
    }
    expect(await refusal(database)).toMatchObject(
      refusedFor('links', /for 1 people: C-0000003/, /Mend the addresses/),
    );
  });

  it.each(['ended', 'cancelled', 'finalized'])('is about a contest that is %s', async (status) => {
    const database = await prepare();
    await setContest(database, { status });
    expect(await refusal(database)).toMatchObject(
      refusedFor('contest', /it is over/, /choose a contest that runs/),
    );
  });

  it('is about a contest whose time has passed, though nobody has ended it', async () => {
    const database = await prepare();
    expect(await refusal(database, {}, clockAt('2027-01-01T00:00:00.000Z'))).toMatchObject(
      refusedFor('contest', /it is over since 2027-01-01/, /choose a contest that runs/),
    );
  });

  it('has nobody to be sent to', async () => {
    const database = await prepare(mjmlOf(''), { where: ['customer_id = C-none'] });
    expect(await refusal(database)).toMatchObject(
      refusedFor('audience', /nobody would be mailed/, /campaigns show bad/),
    );
  });

  it('is planned otherwise than it was', async () => {
    const database = await prepare();
    const dependencies = { database, clock, keyring: KEYRING, run: RUN, config: configSchema.parse({}) };
    const { digest } = await planCampaign(
      database.queries,
      await getCampaign(database.queries, 'bad'),
      dependencies,
    );
    await setCustomer(database, 1, { consent: 'withdrawn' });
    const sending = startCampaign('bad', { digest, transport: 'outbox', dryRun: false }, dependencies);
    await expect(sending).rejects.toMatchObject({
      code: 'plan_changed',
      hint: expect.stringContaining('referral campaigns plan bad'),
    });
    expect(await statesOf(database, 'bad')).toEqual({});
  });
});
