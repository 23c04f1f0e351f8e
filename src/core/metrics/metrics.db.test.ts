import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { createAudience, createTestCampaign, freeze } from '../../../test/campaign-fixture.ts';
import { checkExposition } from '../../../test/check-exposition.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt, systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { configSchema } from '../settings/config.ts';
import { addMilliseconds } from '../time.ts';
import { collectMetrics } from './collect-metrics.ts';
import { formatMetrics, type Metric } from './format-metrics.ts';

const config = configSchema.parse({ reports: { average_booking_value: '412.50' } });

describeEngines('metrics', (open) => {
  const collect = (database: Database, clock = systemClock): Promise<Metric[]> =>
    database.snapshot((trx) => collectMetrics(trx, { config, clock, programVersion: '1.2.3' }));
  const figure = (metrics: readonly Metric[], name: string, labels: object = {}): number | undefined =>
    metrics
      .find((metric) => metric.name === name)
      ?.samples.find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))?.value;

  test('of an empty database are valid, and those of a full one too', async () => {
    const database = await open();
    expect(checkExposition(formatMetrics(await collect(database)))).toEqual([]);
    await createAudience(database, 5);
    await createTestCampaign(database, 'odd');
    await freeze(database, 'odd');
    const now = systemClock.now();
    await sql`update deliveries set status = 'in_doubt' where id = (select min(id) from deliveries)`.execute(
      database.queries,
    );
    await sql`update deliveries set status = 'accepted', sent_at = ${now} where id = (select max(id) from deliveries)`.execute(
      database.queries,
    );
    const recent = addMilliseconds(now, -3_600_000);
    await database.queries
      .insertInto('backup_records')
      .values({
        ...{ action: 'created', outcome: 'done', store: 'backups', duration_ms: 1, recorded_at: recent },
        ...{ backup_id: null, rows: 1, bytes: 77, new_bytes: 1, run_id: null, problem: null },
      })
      .execute();
    const metrics = await collect(database, clockAt(now));
    expect(checkExposition(formatMetrics(metrics))).toEqual([]);
    expect(figure(metrics, 'referral_queue')).toBe(3);
    expect(figure(metrics, 'referral_deliveries_in_doubt')).toBe(1);
    expect(figure(metrics, 'referral_deliveries', { campaign: 'odd', status: 'pending' })).toBe(3);
    expect(figure(metrics, 'referral_send_rate_per_second', { campaign: 'odd' })).toBeCloseTo(1 / 300);
    expect(figure(metrics, 'referral_customers', { consent: 'granted' })).toBe(5);
    expect(figure(metrics, 'referral_backup_age_seconds')).toBe(3_600);
    expect(figure(metrics, 'referral_backup_bytes')).toBe(77);
    expect(figure(metrics, 'referral_average_booking_value', { currency: 'EUR' })).toBe(412.5);
    expect(figure(metrics, 'referral_quarantined')).toBe(0);
  });

  test('are the ones that the dashboard and the alert rules ask for', async () => {
    const names = new Set((await collect(await open())).map(({ name }) => name));
    for (const file of ['grafana-dashboard.json', 'alert-rules.yml']) {
      const text = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', file), 'utf8');
      const asked = [...new Set(text.match(/\breferral_[a-z_]+/g))];
      expect(asked.length).toBeGreaterThan(5);
      expect(asked.filter((name) => !names.has(name))).toEqual([]);
    }
  });
});

test('the check of the format finds what Prometheus would refuse', () => {
  const good = '# HELP a_b Text\n# TYPE a_b gauge\na_b{x="1"} 2\n';
  expect(checkExposition(good)).toEqual([]);
  for (const bad of [
    good.trimEnd(),
    good.replace('a_b{', '1_b{'),
    good.replace('x="1"', 'x="1'),
    good.replace('x="1"', 'x="1",x="2"'),
    good.replace('# TYPE a_b gauge\n', ''),
    good.replace('gauge', 'gage'),
    good.replace(' 2', ' two'),
    `${good}a_b{x="1"} 3\n`,
    good.replace('gauge', 'counter'),
  ])
    expect(checkExposition(bad), bad).not.toEqual([]);
});

test('label values and help are escaped', () => {
  const labels = { campaign: 'a"b\\c\nd' };
  const text = formatMetrics([
    { name: 'x', help: 'one\ntwo', type: 'gauge', samples: [{ labels, value: 1 }] },
  ]);
  expect(text).toBe('# HELP x one\\ntwo\n# TYPE x gauge\nx{campaign="a\\"b\\\\c\\nd"} 1\n');
  expect(checkExposition(text)).toEqual([]);
});
