import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { getSegment, listSegments } from './list-segments.ts';
import { scoreSegments } from './score-segments.ts';

const NOW = '2026-06-01T12:00:00.000Z';
const LATER = '2027-06-01T12:00:00.000Z';
const run = { id: null, operator: 'test' };

async function add(
  database: Database,
  customer_id: string,
  joined_at: string,
  last_active_at: string | null,
  total_bookings: number,
) {
  const row = {
    customer_id,
    joined_at,
    last_active_at,
    total_bookings,
    consent: 'granted' as const,
    attributes: '{}',
    source: 'import',
  };
  await database.queries
    .insertInto('customers')
    .values({ ...row, created_at: NOW, updated_at: NOW })
    .execute();
}

describeEngines('scoring segments by rule', (open) => {
  test('puts everyone into the first rule that fits, and again when time has passed', async () => {
    const database = await open();
    await add(database, 'power', '2020-01-01T00:00:00.000Z', '2026-05-20T00:00:00.000Z', 5);
    await add(database, 'new', '2026-05-20T00:00:00.000Z', '2026-05-20T00:00:00.000Z', 0);
    await add(database, 'active', '2020-01-01T00:00:00.000Z', '2026-05-20T00:00:00.000Z', 4);
    await add(database, 'inactive', '2020-01-01T00:00:00.000Z', null, 0);
    await add(database, 'earlier', '2020-01-01T00:00:00.000Z', '2026-01-20T00:00:00.000Z', 0);
    const told: (number | undefined)[][] = [];
    const result = await scoreSegments(database, {
      ...{ clock: clockAt(NOW), run, dryRun: false },
      onProgress: (...counts) => told.push(counts),
    });
    expect(told).toEqual([
      [0, 2],
      [1, 2],
      [2, 2],
    ]);
    expect(result).toEqual({
      model: 'rules',
      version: 1,
      scored: 5,
      segments: { power_user: 1, new_user: 1, active_user: 1, inactive_user: 2 },
      rfm: expect.anything(),
      saved: {},
      dry_run: false,
    });
    const members = await database.queries
      .selectFrom('segment_members')
      .innerJoin('segments', 'segments.id', 'segment_id')
      .innerJoin('customers', 'customers.id', 'customer_ref')
      .select(['segments.name', 'customer_id', 'scored_at'])
      .where('segments.name', 'not like', 'rfm%')
      .orderBy('customer_id')
      .execute();
    expect(members.map((row) => `${row.customer_id} ${row.name} ${row.scored_at}`)).toEqual([
      `active active_user ${NOW}`,
      `earlier inactive_user ${NOW}`,
      `inactive inactive_user ${NOW}`,
      `new new_user ${NOW}`,
      `power power_user ${NOW}`,
    ]);
    const later = await scoreSegments(database, { clock: clockAt(LATER), run, dryRun: false });
    expect(later.segments).toEqual({ power_user: 0, new_user: 0, active_user: 0, inactive_user: 5 });
    expect(
      (await listSegments(database.queries, LATER))
        .slice(0, 4)
        .map((segment) => [segment.name, segment.members, segment.scored_members]),
    ).toEqual([
      ['power_user', 0, 0],
      ['new_user', 0, 0],
      ['active_user', 0, 0],
      ['inactive_user', 5, 5],
    ]);
  });

  test('a dry run keeps nothing, and an unknown segment is told with the nearest', async () => {
    const database = await open();
    await add(database, 'new', '2026-05-20T00:00:00.000Z', null, 0);
    await scoreSegments(database, { clock: clockAt(NOW), run, dryRun: true });
    expect(await getSegment(database.queries, 'new_user', NOW)).toMatchObject({
      members: 1,
      scored_at: null,
      scored_members: null,
    });
    await expect(getSegment(database.queries, 'new_usr', NOW)).rejects.toMatchObject({
      code: 'not_found',
      hint: 'Did you mean "new_user"?',
    });
  });
});
