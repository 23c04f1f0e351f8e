import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { given, setUpReferrals } from '../../../test/given-referrals.ts';
import { clockAt } from '../clock.ts';
import { launchContest } from '../contests/launch-contest.ts';
import type { Database } from '../database/database.ts';
import type { OnProgress } from '../progress.ts';
import { systemRandom } from '../random.ts';
import { expireCode, expireCodes, revokeCode } from './change-code.ts';
import { checkCode } from './check-code.ts';
import type { CodeRow } from './codes-queries.ts';
import { generateContestCodes } from './generate-contest-codes.ts';
import { getCode } from './get-code.ts';
import { listCodes } from './list-codes.ts';

const clock = clockAt('2026-07-01T00:00:00.000Z');
const now = clock.now();
const run = { id: null, operator: 'tester' };
const dependencies = { clock, run, random: systemRandom };

describeEngines('codes', (open) => {
  it('are found however they are written, and told from a typo', async () => {
    const db = await open();
    const code = await firstCode(db);
    const written = `${code.slice(0, 4).toLowerCase()} - ${code.slice(4)}`;
    expect(await checkCode(db.queries, now, written)).toMatchObject({
      ...{ code, valid: true, reason: 'active', contest: 'summer', nearest: [] },
    });
    const typo = (code.startsWith('2') ? '3' : '2') + code.slice(1);
    expect(await checkCode(db.queries, now, typo)).toMatchObject({
      ...{ code: typo, valid: false, reason: 'check_symbol', customer_id: null, nearest: [code] },
    });
    const swapped = code.slice(0, 6) + code[7] + code[6];
    if (swapped !== code) expect((await checkCode(db.queries, now, swapped)).nearest).toContain(code);
    await expect(getCode(db.queries, now, typo)).rejects.toMatchObject({
      code: 'not_found',
      hint: `Did you mean "${code}"?`,
    });
    await expect(checkCode(db.queries, now, 'nothing like it')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are revoked once, and replaced by a new one', async () => {
    const db = await open();
    const code = await firstCode(db);
    const revoke = () => db.transaction((trx) => revokeCode(trx, dependencies, code));
    expect(await revoke()).toMatchObject({ code, status: 'revoked', changed: true });
    expect(await revoke()).toMatchObject({ code, status: 'revoked', changed: false });
    expect(await checkCode(db.queries, now, code)).toMatchObject({ valid: false, reason: 'revoked' });
    expect(await generate(db)).toEqual({ created: 1, existing: 3, active: 4, expired: 0 });
    expect(await generate(db)).toEqual({ created: 0, existing: 4, active: 4, expired: 0 });
  });

  it('expire with time, or when told', async () => {
    const db = await open();
    const code = await firstCode(db);
    expect(await db.transaction((trx) => expireCode(trx, dependencies, code))).toMatchObject({
      status: 'expired',
    });
    const later = clockAt('2027-07-02T00:00:00.000Z');
    expect(await checkCode(db.queries, later.now(), (await list(db))[1]?.code ?? '')).toMatchObject({
      ...{ valid: false, reason: 'expired' },
    });
    await db.queries
      .updateTable('codes')
      .set({ id: 150_000 })
      .where('code', '=', (await list(db))[1]?.code ?? '')
      .execute();
    const told: (number | undefined)[][] = [];
    const onProgress: OnProgress = (...counts) => told.push(counts);
    const expired = await db.transaction((trx) =>
      expireCodes(trx, { clock: later, run, onProgress }, 'summer'),
    );
    expect(expired).toEqual({ expired: 3, active: 0 });
    expect(told).toEqual([
      [100_000, 150_000],
      [150_000, 150_000],
    ]);
  });

  it('are listed by condition, a page at a time', async () => {
    const db = await open();
    await firstCode(db);
    const rows = await list(db);
    expect(rows.map((row) => row.customer_id)).toEqual(['C-1', 'C-2', 'friend-a', 'friend-b']);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      ...['code', 'customer_id', 'contest', 'status', 'created_at', 'expires_at'],
    ]);
    expect(await list(db, { where: ['customer_id = C-2'] })).toEqual([rows[1]]);
    expect(await list(db, { limit: 2, offset: 1 })).toEqual(rows.slice(1, 3));
    expect(await list(db, { where: ['status = revoked'] })).toEqual([]);
    await expect(list(db, { contest: 'sumer' })).rejects.toMatchObject({ hint: 'Did you mean "summer"?' });
  });

  it('are given outside of any contest to those whom a condition names', async () => {
    const db = await open();
    await firstCode(db);
    const options = { where: ['customer_id ~ friend'], timezone: 'UTC', length: 10 };
    const result = await db.transaction((trx) => generateContestCodes(trx, dependencies, options));
    expect(result).toEqual({ created: 2, existing: 0, active: 2, expired: 0 });
    const rows = (await list(db, { contest: undefined })).filter((row) => row.contest === null);
    expect(rows.map((row) => row.code.length)).toEqual([10, 10]);
  });
});

// A contest that is launched, with two referrers and two friends who all have codes; the first referrer's.
async function firstCode(db: Database): Promise<string> {
  await setUpReferrals(db, {}, [given('C-1', 'a', '2026-06-01'), given('C-2', 'b', '2026-06-01')]);
  await db.queries.deleteFrom('referrals').execute();
  await db.queries.deleteFrom('codes').execute();
  await db.transaction((trx) => launchContest(trx, dependencies, 'summer', []));
  return (await list(db))[0]?.code ?? '';
}

function generate(db: Database) {
  const options = { contest: 'summer', where: [], timezone: 'UTC' };
  return db.transaction((trx) => generateContestCodes(trx, dependencies, options));
}

async function list(
  db: Database,
  options: { where?: string[]; limit?: number; offset?: number; contest?: string | undefined } = {},
) {
  const { rows } = await listCodes(db.queries, clock, {
    ...{ contest: 'summer', where: [], offset: 0, timezone: 'UTC', ...options },
  });
  const listed: CodeRow[] = [];
  for await (const row of rows) listed.push(row);
  return listed;
}
