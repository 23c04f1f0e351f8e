import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../src/core/database/database.ts';
import { type CliOutcome, createPlace, jsonOf, type Place } from '../cli.ts';
import { createDatabaseUrl } from '../engines.ts';
import { hasPostgres } from '../postgres-server.ts';

interface Demo {
  readonly place: Place;
  readonly words: readonly string[];
  readonly first: CliOutcome;
}

const ENGINES = (['sqlite', 'postgres'] as const).filter((engine) => engine === 'sqlite' || hasPostgres());
/** What an operator has set up for the real thing; the demo must not take it for its own. */
const OPERATORS = { REFERRAL_SECRET: 'the-operators-own-secret-of-some-length', REFERRAL_CURRENCY: 'USD' };

const demos = new Map<Engine, Demo>();
const cleanUps: (() => Promise<void>)[] = [];

/** Runs the quick start in a place of its own, on an engine of its own. */
async function createDemo(engine: Engine): Promise<Demo> {
  const place = await createPlace({}, (cleanUp) => cleanUps.push(cleanUp));
  const words = ['quickstart', '--dir', 'demo', '--json'];
  if (engine === 'postgres') {
    const { url, drop } = await createDatabaseUrl('postgres', 'empty');
    cleanUps.push(drop);
    words.push('--database', url);
  }
  return { place, words, first: await place.run(words, { env: OPERATORS }) };
}

beforeAll(async () => {
  for (const engine of ENGINES) demos.set(engine, await createDemo(engine));
});

afterAll(async () => {
  for (const cleanUp of cleanUps) await cleanUp();
});

function demoOn(engine: Engine): Demo {
  const demo = demos.get(engine);
  if (demo === undefined) throw new Error(`There is no demo on ${engine}`);
  return demo;
}

/** A command in the demo's folder, on the demo's database. */
async function inDemo(
  place: Place,
  words: readonly string[],
  line: string,
): Promise<Record<string, unknown>> {
  const database = words.includes('--database') ? String(words.at(-1)) : 'sqlite:referral.db';
  const outcome = await place.shell(`cd demo && referral ${line} --json`, {
    env: { REFERRAL_DATABASE_URL: database },
  });
  expect(outcome.exitCode, outcome.stderr).toBe(0);
  return jsonOf(outcome);
}

describe.each(ENGINES)('the quick start on %s', (engine) => {
  test('runs the whole job, and once more without changing what came of it', async () => {
    const { place, words, first } = demoOn(engine);
    expect(first, first.stderr).toMatchObject({ exitCode: 0 });
    const report = jsonOf(first);
    expect(Object.keys(report)).toEqual(
      expect.arrayContaining(['dir', 'database', 'report', 'steps', 'duration_ms']),
    );
    const steps = report['steps'] as { command: string; duration_ms: number }[];
    for (const { command } of steps) expect(command).toMatch(/^referral [a-z]/);
    expect(JSON.stringify(report)).not.toContain('[object');
    expect(await readdir(join(place.folder, 'demo'))).toEqual(
      expect.arrayContaining(['outbox', 'report.html', 'backups', 'leaderboard.csv']),
    );
    expect(await readFile(join(place.folder, 'demo', 'report.html'), 'utf8')).toMatch(/^<!doctype html>/i);

    const board = await inDemo(place, words, 'leaderboard summer-referral');
    const totals = await inDemo(place, words, 'rewards compute');
    const sent = await inDemo(place, words, 'campaigns status summer-launch');
    expect(board['entries']).toHaveLength(10);
    expect(sent).toMatchObject({ pending: 0, in_doubt: 0 });

    const second = await place.run(words);
    expect(second, second.stderr).toMatchObject({ exitCode: 0 });
    expect((await inDemo(place, words, 'leaderboard summer-referral'))['digest']).toBe(board['digest']);
    expect(await inDemo(place, words, 'rewards compute')).toMatchObject({
      created: 0,
      reversed: 0,
      totals: totals['totals'],
    });
    expect((await inDemo(place, words, 'campaigns status summer-launch'))['accepted']).toBe(sent['accepted']);
    for (const check of ['audit verify', 'rewards verify', 'migrate verify', 'doctor']) {
      await inDemo(place, words, check);
    }
  });

  test('leaves the configuration and the environment of the operator alone', async () => {
    const { place, first } = demoOn(engine);
    expect(first).toMatchObject({ exitCode: 0 });
    expect((await readdir(place.folder)).filter((name) => !name.startsWith('.'))).toEqual(['demo']);
  });
});

test.skipIf(ENGINES.length < 2)('both engines come to the same leaderboard', async () => {
  const boards: Record<string, unknown>[][] = [];
  for (const engine of ENGINES) {
    const { place, words } = demoOn(engine);
    const { entries } = await inDemo(place, words, 'leaderboard summer-referral --limit 1000');
    // Codes are drawn at random, each for itself; everything else is the same.
    boards.push(
      (entries as Record<string, unknown>[]).map(({ code, ...entry }) => ({ ...entry, has: code !== null })),
    );
  }
  expect(boards[0]).toEqual(boards[1]);
});
