import { expect, it } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Queries } from '../database/database.ts';
import { systemRandom } from '../random.ts';
import { isCode } from './code.ts';
import { generateCodes } from './generate-codes.ts';

const clock = clockAt('2026-03-01T09:00:00.000Z');
const dependencies = { clock, random: systemRandom };

describeEngines('generateCodes', (open) => {
  it('gives every customer one code, and nobody a second one', async () => {
    const db = await open();
    await addCustomers(db.queries, 25);
    const first = await db.transaction((trx) => generateCodes(trx, dependencies, { scope: null }));
    expect(first).toEqual({ created: 25, existing: 0, active: 25, expired: 0 });
    const second = await db.transaction((trx) => generateCodes(trx, dependencies, { scope: null }));
    expect(second).toEqual({ created: 0, existing: 25, active: 25, expired: 0 });
    const codes = await db.queries.selectFrom('codes').selectAll().execute();
    expect(new Set(codes.map((row) => row.code)).size).toBe(25);
    expect(codes.every((row) => isCode(row.code) && row.code.length === 8)).toBe(true);
    expect(codes[0]?.expires_at).toBe('2027-03-01T09:00:00.000Z');
  });

  it('draws again when a code exists already', async () => {
    const db = await open();
    await addCustomers(db.queries, 3);
    // The first two draws are the same code; later ones are not.
    let draws = 0;
    const random = {
      bytes: (count: number) => {
        draws += 1;
        return draws === 1 ? new Uint8Array(14).fill(5) : systemRandom.bytes(count);
      },
    };
    const told: (number | undefined)[][] = [];
    const onProgress = (...counts: (number | undefined)[]): number => told.push(counts);
    const options = { scope: null, onProgress };
    const result = await db.transaction((trx) => generateCodes(trx, { clock, random }, options));
    // Nobody counts twice who is asked for again.
    expect(told).toEqual([[3, 3]]);
    expect(result.created).toBe(3);
    expect(result.active).toBe(3);
  });

  it('replaces codes whose time is over, and keeps the old ones as expired', async () => {
    const db = await open();
    await addCustomers(db.queries, 4);
    await db.transaction((trx) => generateCodes(trx, dependencies, { scope: null, expiresIn: 86_400_000 }));
    const later = { clock: clockAt('2026-03-03T09:00:00.000Z'), random: systemRandom };
    const result = await db.transaction((trx) => generateCodes(trx, later, { scope: null }));
    expect(result).toEqual({ created: 4, existing: 0, active: 4, expired: 4 });
  });
});

async function addCustomers(queries: Queries, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => ({
    customer_id: `C-${index + 1}`,
    consent: 'granted' as const,
    attributes: '{}',
    source: 'import',
    created_at: clock.now(),
    updated_at: clock.now(),
  }));
  await queries.insertInto('customers').values(rows).execute();
}
