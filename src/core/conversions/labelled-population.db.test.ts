import { expect, test } from 'vitest';
import { CONTEST, createContestFixture, NOW } from '../../../test/contest-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import { type LabelledPerson, makePopulation } from '../../../test/labelled-population.ts';
import { codeMaker } from '../codes/code.ts';
import { getContest } from '../contests/get-contest.ts';
import { parseAddress } from '../customers/address-key.ts';
import type { Database } from '../database/database.ts';
import { insertRows } from '../database/insert-rows.ts';
import { seededNumbers } from '../demo/seeded-numbers.ts';

const SEED = 20_261_121;
const HONEST = 4_000;
const CHEATS = 500;
/** The rules that docs/rules.md recommends for contests that are worth cheating in. */
const STRICT = {
  same_address: 'hold',
  cluster: { action: 'hold', max_size: 2 },
  velocity: { action: 'hold', max_per_burst: 3, burst_minutes: 15, max_per_day: 8 },
};

async function addPeople(database: Database, people: readonly LabelledPerson[]): Promise<void> {
  await database.transaction((trx) =>
    insertRows(
      trx,
      'customers',
      people.map(({ attributes, ...person }) => ({
        ...person,
        ...{ address_key: parseAddress(person.email)?.address_key ?? null, consent: 'granted' as const },
        ...{ attributes: JSON.stringify(attributes), source: 'import', created_at: NOW, updated_at: NOW },
      })) as never,
    ),
  );
}

async function giveCodes(
  database: Database,
  people: readonly LabelledPerson[],
): Promise<ReadonlyMap<string, string>> {
  const next = seededNumbers(SEED);
  const make = codeMaker({ bytes: (length) => Uint8Array.from({ length }, () => Math.floor(next() * 256)) });
  const codes = new Map(people.map(({ customer_id }) => [customer_id, make()]));
  const contest = await getContest(database.queries, CONTEST);
  const refs = await database.queries.selectFrom('customers').select(['id', 'customer_id']).execute();
  await database.transaction((trx) =>
    insertRows(
      trx,
      'codes',
      refs.flatMap(({ id, customer_id }) => {
        const code = codes.get(customer_id);
        if (code === undefined) return [];
        return [
          {
            ...{
              code,
              contest_id: contest.id,
              customer_ref: id,
              status: 'active' as const,
              revoked_at: null,
            },
            ...{ created_at: '2026-05-01T00:00:00.000Z', expires_at: '2027-05-01T00:00:00.000Z' },
          },
        ];
      }),
    ),
  );
  return codes;
}

/** Of so many, so many were held or rejected by a fraud rule. */
interface Caught {
  readonly all: number;
  readonly caught: number;
}

describeEngines('a labelled population', (open, engine) => {
  test(`is seen through: 95 of 100 cheats are held, and at most one honest friend in 100 (seed ${SEED})`, {
    timeout: 60_000,
  }, async () => {
    const database = await open();
    const { importRows, referrals } = await createContestFixture(database, {
      rules: { fraud: STRICT },
      people: {},
    });
    const { participants, friends, bookings } = makePopulation(SEED, HONEST, CHEATS);
    await addPeople(database, [...participants, ...friends]);
    const codes = await giveCodes(database, participants);
    await importRows([
      ['booking_reference', 'customer_id', 'code', 'amount', 'currency', 'status', 'booked_at'],
      ...bookings.map(({ reference, friend, referrer, booked }) => [
        ...[reference, friend, codes.get(referrer) ?? '', '100', 'EUR', 'completed', booked],
      ]),
    ]);
    const reasons = new Map((await referrals()).map((row) => [row.booking_reference, row.reason]));
    const isCaught = (reference: string) => reasons.get(reference)?.startsWith('fraud.') === true;
    const figures = new Map<string, Caught>();
    for (const { label, reference } of bookings) {
      const { all, caught } = figures.get(label) ?? { all: 0, caught: 0 };
      figures.set(label, { all: all + 1, caught: caught + (isCaught(reference) ? 1 : 0) });
    }
    const honest = figures.get('honest') ?? { all: 0, caught: 0 };
    const cheats = [...figures].filter(([label]) => label !== 'honest').map(([, each]) => each);
    const sum = (key: keyof Caught) => cheats.reduce((total, each) => total + each[key], 0);
    const recall = sum('caught') / sum('all');
    const falseHolds = honest.caught / honest.all;
    const byLabel = [...figures].map(([label, { caught, all }]) => `${label} ${caught}/${all}`).join(', ');
    process.stdout.write(
      `${engine}: recall ${(recall * 100).toFixed(1)} %, false holds ${(falseHolds * 100).toFixed(2)} % (${byLabel})\n`,
    );
    expect(reasons.size).toBe(bookings.length);
    expect(recall).toBeGreaterThanOrEqual(0.95);
    expect(falseHolds).toBeLessThanOrEqual(0.01);
  });
});
