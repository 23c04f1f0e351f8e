import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTime, writeInstant, writeInteger } from './binary-numbers.ts';

const bytes = Buffer.alloc(64);

it('writes an instant as JavaScript does, in any year', () => {
  const times = [
    ...['0000-01-01', '0000-02-29', '0000-12-31', '1900-02-28', '2000-02-29'],
    '9999-12-31T23:59:59.999Z',
  ];
  const extremes = [...times.map((text) => Date.parse(text)), -8.64e15, 8.64e15, -1, 0];
  const anyTime = fc.oneof(
    fc.constantFrom(...extremes),
    fc.date({ noInvalidDate: true }).map(Number),
    fc.date({ min: new Date('0000-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map(Number),
  );
  fc.assert(
    fc.property(anyTime, (time) => {
      const end = writeInstant(bytes, 3, time);
      expect(bytes.toString('latin1', 3, end)).toBe(new Date(time).toISOString());
    }),
    { numRuns: 3_000 },
  );
});

it('writes any integer of 64 bits', () => {
  const anyInteger = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer({ min: -1_000_000, max: 5_000_000 }).map(BigInt),
    fc.constantFrom(0n, 9n, 10n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n, -1n, 2n ** 53n + 1n, -(2n ** 63n)),
  );
  const words = Buffer.alloc(8);
  fc.assert(
    fc.property(anyInteger, (value) => {
      words.writeBigInt64BE(value);
      const end = writeInteger(bytes, 5, words.readInt32BE(0), words.readUInt32BE(4));
      expect(bytes.toString('latin1', 5, end)).toBe(String(value));
    }),
    { numRuns: 3_000 },
  );
});

it('reads a time of PostgreSQL to the millisecond, in any year that it has', () => {
  const anyTime = fc.oneof(
    fc.integer({ min: Date.parse('-004000-01-01T00:00:00Z'), max: Date.parse('+200000-01-01T00:00:00Z') }),
    fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }).map(Number),
  );
  const stored = Buffer.alloc(8);
  fc.assert(
    fc.property(anyTime, (time) => {
      stored.writeBigInt64BE((BigInt(time) - 946_684_800_000n) * 1_000n);
      expect(readTime(stored, 0)).toBe(time);
    }),
    { numRuns: 3_000 },
  );
});
