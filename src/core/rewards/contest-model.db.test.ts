import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { playContests } from '../../../test/contest-model/play-contests.ts';
import { runShuffled } from '../../../test/contest-model/shuffle-inputs.ts';
import { shuffleInPlaces, ZONES } from '../../../test/contest-model/shuffle-places.ts';
import { tamper } from '../../../test/contest-model/tamper.ts';
import { createDatabaseUrl, describeEngines } from '../../../test/engines.ts';
import { hasPostgres } from '../../../test/postgres-server.ts';

/** Of the short form of `npm run soak:contest`. */
const SEED = 20_261_121;

describeEngines('a contest played beside an honest bookkeeper', (_open, engine) => {
  test(`agrees with the books after every step, through crashes and repeats, with seed ${SEED}`, async () => {
    const played = await playContests({
      ...{ createUrl: () => createDatabaseUrl(engine), seed: SEED },
      ...{ operations: engine === 'sqlite' ? 800 : 300, maxCommands: 90 },
    });
    expect(played.crashes).toBeGreaterThan(0);
    expect(played.payouts).toBeGreaterThan(0);
  }, 120_000);

  test(`shows and locates every tampered row of its ledger and of the audit log, with seed ${SEED}`, async () => {
    const tampered = await tamper({ createUrl: () => createDatabaseUrl(engine), seed: SEED, rows: 120 });
    expect(tampered.wrong).toEqual([]);
    expect(tampered.ledger + tampered.audit).toBeGreaterThanOrEqual(240);
  }, 120_000);
});

// A language is a matter of the whole process: the long form starts one for each, this one only the one that folds case in its own way.
test.skipIf(!hasPostgres())(
  'the same bookings give the same results and payouts in whatever order, place and engine',
  async () => {
    const outcomes: string[] = [];
    for (const [index, engine] of (['sqlite', 'postgres', 'postgres'] as const).entries())
      outcomes.push(await runShuffled(() => createDatabaseUrl(engine), SEED + index, ZONES[index] ?? 'UTC'));
    const folder = await mkdtemp(join(tmpdir(), 'referral-shuffle-'));
    try {
      const template = join(inject('templates'), 'template.db');
      const place = { engine: 'sqlite', template, folder, name: 'shuffle' } as const;
      const turkish = await shuffleInPlaces(place, { shuffles: 2, first: SEED + 9, languages: ['tr_TR'] });
      expect(turkish).toMatchObject({ shuffles: 2, locales: ['tr-TR'] });
      outcomes.push(...Object.keys(turkish.outcomes));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    expect(new Set(outcomes).size).toBe(1);
  },
  120_000,
);
