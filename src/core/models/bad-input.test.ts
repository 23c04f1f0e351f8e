import { Readable } from 'node:stream';
import { beforeAll, expect, it, test } from 'vitest';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';
import type { ReferralError } from '../errors.ts';
import { buildModel } from './build-model.ts';
import { parseExportedModel } from './exchange-model.ts';
import { formatModel } from './model-document.ts';
import { openBackend } from './open-backend.ts';
import { readOutcomeFile } from './read-outcome-file.ts';
import { readTrainingFile } from './read-training-file.ts';
import type { NewModel } from './registry.ts';
import { scoreFile } from './score-file.ts';

const { backend } = await openBackend(['wasm']);
const next = seededNumbers(5);

const input = (text: string) => Readable.from([Buffer.from(text)]);

/** A table of results: `bought` follows from age and city. */
function table(
  rows: number,
  change: (cells: Record<string, string>, row: number) => object = (cells) => cells,
): string {
  const lines = Array.from({ length: rows }, (_, row) => {
    const age = 20 + Math.floor(50 * next());
    const city = ['Porto', 'Gent', 'Bonn'][Math.floor(3 * next())] ?? '';
    const bought = next() < (age > 45 ? 0.7 : 0.15) + (city === 'Gent' ? 0.2 : 0) ? 'yes' : 'no';
    return { ...change({ id: `C-${row}`, age: String(age), city, bought }, row) };
  });
  const [first = {}] = lines;
  return [Object.keys(first), ...lines.map((line) => Object.values(line))]
    .map((cells) => cells.join(','))
    .join('\n');
}

async function learn(text: string, options: object = {}): Promise<NewModel> {
  const data = await readTrainingFile({
    ...{ input: input(text), target: 'bought', id: 'id', seed: 1, ignore: [], ...options },
  });
  return buildModel(data, { name: 'bought', backend, seed: 1, keep: [] });
}

let model: NewModel;

beforeAll(async () => {
  model = await learn(table(300));
});

test.each<[what: string, text: string, options: object, message: RegExp, next: RegExp]>([
  [
    'a target with one class',
    table(80, (cells) => ({ ...cells, bought: 'no' })),
    {},
    /has the value "no" in every row/,
    /both kinds.*--target/,
  ],
  [
    'a target without a value',
    table(80, (cells) => ({ ...cells, bought: 'NULL' })),
    {},
    /has no value in any row/,
    /--target/,
  ],
  [
    'a target of three values',
    table(80, (cells, row) => ({ ...cells, bought: String(row % 3) })),
    {},
    /3 different values/,
    /--positive/,
  ],
  [
    'a value of the target that is not there',
    table(80),
    { positive: 'maybe' },
    /No row has "maybe"/,
    /--positive/,
  ],
  ['too few rows', table(30), {}, /too few rows/, /more rows/],
  [
    'too few outcomes',
    table(80, (cells, row) => ({ ...cells, bought: row < 3 ? 'yes' : 'no' })),
    {},
    /too few rows/,
    /more rows/,
  ],
  [
    'columns without a value only',
    table(80, ({ id, bought }) => ({ id, age: '', city: 'NA', bought })),
    {},
    /no column to learn from/,
    /--keep/,
  ],
  [
    'a column of ids only',
    table(80, ({ id, bought }) => ({ id, customer: `${id}x`, bought })),
    {},
    /no column to learn from/,
    /--keep/,
  ],
  [
    'a column that is not there',
    table(80),
    { target: 'bougt' },
    /no column "bougt"/,
    /Did you mean "bought"/,
  ],
  ['a column of times that has none', table(80), { time: 'city' }, /holds no times/, /--time/],
  ['what is no CSV', '{"a": 1}', {}, /./, /./],
])('refuses %s, and says what to do', async (_what, text, options, message, hint) => {
  const error = await learn(text, options).then(
    () => undefined,
    (reason: ReferralError) => reason,
  );
  expect(error?.code).toMatch(/input_unusable|usage/);
  expect(`${error?.message} ${error?.reason}`).toMatch(message);
  expect(error?.hint).toMatch(hint);
});

it('leaves out what has nothing to learn from, takes infinite numbers for missing ones, and says so', async () => {
  const odd = ['inf', '-Infinity', '1e300', 'unknown'];
  const { figures, model: learned } = await learn(
    table(300, (cells, row) => ({
      ...cells,
      ...(row < 4 ? { age: odd[row] } : {}),
      nothing: '',
      same: 'x',
      ref: `R${row}`,
    })),
  );
  expect(figures.left_out.map(({ column }) => column)).toEqual(['nothing', 'same', 'ref']);
  expect(figures.warnings.join('\n')).toMatch(/"age": 1 values are no number/);
  expect(figures.warnings.join('\n')).toMatch(/"age": 3 values are infinite/);
  expect(formatModel(learned)).not.toMatch(/null|NaN|Infinity/);
  expect(Number.isFinite(figures.metrics.auc)).toBe(true);
});

it('advises to hold out the latest rows where there are times, and holds them out', async () => {
  const day = (row: number) => `2026-0${1 + Math.floor(row / 30)}-${10 + (row % 19)}`;
  const dated = table(240, (cells, row) => ({ ...cells, seen_at: day(row) }));
  const by = async (options: object) => (await learn(dated, options)).figures;
  const [bySeed, byTime] = [await by({}), await by({ time: 'seen_at' })];
  expect(bySeed.held_out.by).toBe('seed');
  expect(bySeed.warnings.join()).toMatch(/"seen_at" holds times.*--time "seen_at"/);
  expect(byTime.held_out.by).toBe('time');
  expect(byTime.warnings.join()).not.toMatch(/--time/);
});

async function scoreText(text: string) {
  const { rows, warnings, counts } = await scoreFile({
    ...{ backend, model: model.model, name: 'bought', input: input(text), id: 'id' },
  });
  const scored = (await Array.fromAsync(rows)).flat();
  return { scored, warnings: warnings(), counts };
}

it('scores new values and infinite ones, and warns of them', async () => {
  const { scored, warnings } = await scoreText(
    'id,age,city\n1,inf,Atlantis\n2,old,Atlantis\n3,1e308,Gent\n4,,\n5,-99999,Bonn',
  );
  expect(scored).toHaveLength(5);
  for (const { score, segment } of scored) {
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThan(1);
    expect(segment).toMatch(/^bought_(high|medium|low)$/);
  }
  expect(warnings.join('\n')).toMatch(/"age": 1 values are no number/);
  expect(warnings.join('\n')).toMatch(/"age": 2 values are infinite/);
  expect(warnings.join('\n')).toMatch(/"city": 2 of 4 values were not there in the training/);
  expect((await scoreText('id,age,city\n1,44,Gent\n2,30,Bonn')).warnings).toEqual([]);
});

it('refuses to score or to measure a file of other columns', async () => {
  const other = 'id,age,town\n1,44,Gent';
  await expect(scoreText(other)).rejects.toMatchObject({
    ...{ code: 'input_unusable', reason: 'it lacks city' },
    hint: expect.stringContaining('referral segments models show bought'),
  });
  await expect(readOutcomeFile({ input: input(other), model: model.model })).rejects.toMatchObject({
    code: 'input_unusable',
  });
});

it('refuses a model file that is cut off, changed, of another format, or that holds no numbers', () => {
  const document = formatModel(model.model);
  const whole = {
    ...model,
    model: JSON.parse(document) as Record<string, unknown>,
    sha256: sha256(document),
  };
  expect(parseExportedModel(canonicalJson(whole), 'm.json', undefined).name).toBe('bought');
  const inner = (change: object) => {
    const changed = { ...whole.model, ...change };
    return canonicalJson({ ...whole, model: changed, sha256: sha256(canonicalJson(changed)) });
  };
  const [network] = whole.model['networks'] as { shape: object; weights: string }[];
  const nan = Buffer.from(network?.weights ?? '', 'base64');
  nan.writeFloatLE(Number.NaN, 0);
  for (const text of [
    '',
    canonicalJson(whole).slice(0, -100),
    canonicalJson({ ...whole, model: { ...whole.model, target: { name: 'x', positive: '1' } } }),
    inner({ format: 'something' }),
    inner({ format_version: 2 }),
    inner({ networks: [{ ...network, weights: 'AAAA' }] }),
    inner({ networks: [{ ...network, weights: nan.toString('base64') }] }),
  ]) {
    expect(() => parseExportedModel(text, 'm.json', undefined)).toThrow(
      expect.objectContaining({ code: 'input_unusable', hint: expect.stringContaining('referral segments') }),
    );
  }
});
