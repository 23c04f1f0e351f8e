import { expect, test } from 'vitest';
import { addHistory } from '../../../test/customer-history.ts';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';
import type { OnProgress } from '../progress.ts';
import { getSegment } from '../segments/list-segments.ts';
import { deleteSegment, saveSegment } from '../segments/save-segment.ts';
import type { Instant } from '../time.ts';
import { evaluateModel } from './evaluate-model.ts';
import { exportModel, parseExportedModel } from './exchange-model.ts';
import { openBackend } from './open-backend.ts';
import { readNewerCustomers } from './read-newer-customers.ts';
import { readTrainingCustomers } from './read-training-customers.ts';
import { getModel, getScoringModel, loadModel, promoteModel, rollBackModel, saveModel } from './registry.ts';
import { scoreCustomers } from './score-customers.ts';
import { type TrainResult, trainModel } from './train-model.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const LATER = '2026-09-01T12:00:00.000Z';
const CUSTOMERS = 160;
const run = { id: null, operator: 'test' };
const recording = { clock: clockAt(NOW), run };

/** Customers of whom those with one plan click mostly, and the others hardly ever, in two mails. */
async function addClickers(database: Database): Promise<void> {
  const next = seededNumbers(3);
  const plans = Array.from({ length: CUSTOMERS }, () => (next() < 0.4 ? 'family' : 'single'));
  const ids = plans.map((_, index) => index + 1);
  await addHistory(database, {
    customers: ids.map((id) => ({
      id,
      attributes: { plan: plans[id - 1] ?? '', age: String(20 + ((id * 7) % 50)) },
    })),
    contests: [{ id: 1, starts_at: '2026-01-01T00:00:00.000Z', ends_at: '2026-12-01T00:00:00.000Z' }],
  });
  await addMails(database, 1, '2026-03-01T12:00:00.000Z', (id) => plans[id - 1] === 'family', next);
  await addMails(database, 2, '2026-05-01T12:00:00.000Z', (id) => plans[id - 1] === 'family', next);
}

async function addMails(
  database: Database,
  campaign: number,
  at: Instant,
  isLikely: (id: number) => boolean,
  next: () => number,
): Promise<void> {
  const ids = Array.from({ length: CUSTOMERS }, (_, index) => index + 1);
  const mailOf = (id: number) => campaign * 1_000 + id;
  await addHistory(database, {
    campaigns: [{ id: campaign, started_at: at }],
    mails: ids.map((customer) => ({ id: mailOf(customer), campaign, customer, sent_at: at })),
    events: ids
      .filter((id) => next() < (isLikely(id) ? 0.85 : 0.08))
      .map((id) => ({ mail: mailOf(id), type: 'clicked', at })),
  });
}

async function train(database: Database): Promise<TrainResult> {
  const data = await readTrainingCustomers(database, {
    target: 'clicks_next_mail',
    now: NOW,
    seed: 1,
    ignore: [],
  });
  return trainModel(database, data, { seed: 1, keep: [], backend: 'wasm', ...recording, dryRun: false });
}

async function score(database: Database, now: Instant, onProgress?: OnProgress) {
  const version = await getScoringModel(database.queries, 'clicks_next_mail');
  const model = await loadModel(database.queries, version);
  const { backend } = await openBackend(['wasm']);
  return scoreCustomers(database, {
    ...{ backend, version, model, clock: clockAt(now), run, dryRun: false, onProgress },
  });
}

const readPredictions = (database: Database) =>
  database.queries
    .selectFrom('predictions')
    .innerJoin('models', 'models.id', 'predictions.model_id')
    .select(['customer_ref', 'version', 'score', 'segment', 'scored_at'])
    .orderBy('customer_ref')
    .execute();

const learned: TrainResult[] = [];
const said: unknown[] = [];

describeEngines('models of customers', (open) => {
  test('learn what customers did, score everyone, and keep version, score and segment', async () => {
    const database = await open();
    await addClickers(database);
    const result = await train(database);
    expect(result).toMatchObject({ version: 1, promoted: true, beats_baseline: true, positive: '1' });
    expect(result.held_out).toEqual({ rows: CUSTOMERS, by: 'time' });
    expect(result.rows).toBe(2 * CUSTOMERS);
    expect(result.metrics.auc).toBeGreaterThan(0.75);
    expect(['attributes.plan', 'clicks', 'click_share']).toContain(result.importance[0]?.column);
    await database.queries.updateTable('customers').set({ erased_at: NOW }).where('id', '=', 7).execute();

    const saving = { name: 'clicks_next_mail_low', where: ['tier = gold'], timezone: 'UTC', dryRun: false };
    await saveSegment(database, { ...saving, ...recording });
    await expect(score(database, NOW)).rejects.toMatchObject({
      ...{ code: 'state_forbids', reason: '"clicks_next_mail_low" is a saved segment' },
    });
    expect(await readPredictions(database)).toEqual([]);
    await deleteSegment(database, 'clicks_next_mail_low', { ...recording, dryRun: false });

    const told: (number | undefined)[][] = [];
    const scored = await score(database, NOW, (done, total) => told.push([done, total]));
    expect(told).toEqual([[CUSTOMERS - 1, CUSTOMERS - 1]]);
    expect(scored).toMatchObject({ model: 'clicks_next_mail', version: 1, scored: CUSTOMERS - 1 });
    const predictions = await readPredictions(database);
    expect(predictions.map(({ customer_ref }) => customer_ref)).not.toContain(7);
    expect(predictions).toHaveLength(CUSTOMERS - 1);
    for (const { score: own, version, scored_at } of predictions) {
      expect(own).toBeGreaterThan(0);
      expect(own).toBeLessThan(1);
      expect([version, scored_at]).toEqual([1, NOW]);
    }
    const counts = Object.fromEntries(
      Object.keys(scored.segments).map((name) => [
        name,
        predictions.filter(({ segment }) => segment === name).length,
      ]),
    );
    expect(scored.segments).toEqual(counts);
    expect(await getSegment(database.queries, 'clicks_next_mail_high', NOW)).toMatchObject({
      kind: 'model',
      members: scored.segments['clicks_next_mail_high'],
    });
    const again = await score(database, LATER);
    expect(again.scored).toBe(CUSTOMERS - 1);
    expect(new Set((await readPredictions(database)).map(({ scored_at }) => scored_at))).toEqual(
      new Set([LATER]),
    );

    // The other engine learns from the same rows and says the same.
    learned.push(result);
    said.push(predictions);
    expect(learned[0]).toEqual(result);
    expect(said[0]).toEqual(predictions);
  });

  test('are measured on what happened since, and tell when it has drifted', async () => {
    const database = await open();
    await addClickers(database);
    await train(database);
    const version = await getScoringModel(database.queries, 'clicks_next_mail');
    const model = await loadModel(database.queries, version);
    await expect(readNewerCustomers(database, { version, model, now: LATER })).rejects.toMatchObject({
      code: 'state_forbids',
    });
    const plans = await database.queries.selectFrom('customers').select(['id', 'attributes']).execute();
    const family = new Set(
      plans.filter(({ attributes }) => attributes.includes('family')).map(({ id }) => id),
    );
    const { backend } = await openBackend(['wasm']);
    const evaluate = async () => {
      const newer = await readNewerCustomers(database, { version, model, now: LATER });
      const steps: number[] = [];
      const onProgress = (done: number) => steps.push(done);
      const { figures } = version;
      const evaluation = await evaluateModel(backend, { model, figures }, newer, { seed: 1, onProgress });
      expect(steps).toEqual(Array.from({ length: 300 }, (_, done) => done + 1));
      return evaluation;
    };
    await addMails(database, 3, '2026-07-01T12:00:00.000Z', (id) => family.has(id), seededNumbers(9));
    expect(await evaluate()).toMatchObject({ rows: CUSTOMERS, drift: false, reasons: [] });
    // From now on the others click.
    await addMails(database, 4, '2026-08-01T12:00:00.000Z', (id) => !family.has(id), seededNumbers(10));
    const drifted = await evaluate();
    expect(drifted).toMatchObject({ rows: 2 * CUSTOMERS, drift: true });
    expect(drifted.reasons.join('\n')).toMatch(/it ranks worse/);
  });

  test('are promoted when they beat their baseline or are forced, rolled back, and carried elsewhere', async () => {
    const database = await open();
    const { queries } = database;
    await expect(getScoringModel(queries, undefined)).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('referral segments train'),
    });
    await addClickers(database);
    await train(database);
    const first = await getModel(queries, 'clicks_next_mail');
    const exported = await exportModel(queries, first);
    const worse = parseExportedModel(exported, 'model.json', undefined);
    const verdict = 'logistic regression is as good or better';
    const second = await saveModel(
      queries,
      { ...worse, figures: { ...worse.figures, beats_baseline: false, verdict } },
      recording,
      'models.imported',
    );
    expect(second).toMatchObject({ version: 2, promoted: false });
    await expect(promoteModel(queries, second, { ...recording, force: false })).rejects.toMatchObject({
      ...{ code: 'state_forbids', reason: verdict },
      hint: expect.stringContaining('--force'),
    });
    await promoteModel(queries, second, { ...recording, force: true });
    expect(await getScoringModel(queries, 'clicks_next_mail')).toMatchObject({ version: 2 });
    expect(await rollBackModel(queries, 'clicks_next_mail', recording)).toMatchObject({ version: 1 });
    expect(await getScoringModel(queries, 'clicks_next_mail')).toMatchObject({ version: 1 });
    await expect(rollBackModel(queries, 'clicks_next_mail', recording)).rejects.toMatchObject({
      code: 'state_forbids',
    });
    await expect(getModel(queries, 'click_next_mail')).rejects.toMatchObject({
      hint: 'Did you mean "clicks_next_mail"?',
    });
    await expect(getModel(queries, 'clicks_next_mail', 9)).rejects.toMatchObject({ code: 'not_found' });

    // What was saved is what is read, and nothing else.
    const copy = await saveModel(queries, parseExportedModel(exported, '-', 'copy'), recording);
    expect(copy.sha256).toBe(first.sha256);
    expect(await exportModel(queries, copy)).toBe(
      exported.replace('"name":"clicks_next_mail","rows"', '"name":"copy","rows"'),
    );
    await queries
      .updateTable('models')
      .set({ document: '{"format":"cut' })
      .where('id', '=', copy.id)
      .execute();
    await expect(loadModel(queries, copy)).rejects.toMatchObject({
      code: 'input_unusable',
      hint: expect.stringContaining('rollback'),
    });
  });
});
