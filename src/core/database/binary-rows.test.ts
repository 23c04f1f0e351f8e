import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toInstant } from '../time.ts';
import { createBinaryRows, readBinaryRows } from './binary-rows.ts';

const COLUMNS = { number: 'integer', text: 'text', at: 'time' } as const;
const anyRow = fc.record({
  number: fc.option(fc.maxSafeInteger()),
  text: fc.option(fc.string({ unit: 'binary', maxLength: 40 })),
  at: fc.option(
    fc.date({ noInvalidDate: true, min: new Date('1900-01-01') }).map((date) => toInstant(+date)),
  ),
});

test('rows come back as they were written, however many are read at once', () => {
  fc.assert(
    fc.property(fc.array(anyRow, { maxLength: 30 }), fc.integer({ min: 1, max: 9 }), (rows, size) => {
      // Too small, so that it grows.
      const written = createBinaryRows(Object.values(COLUMNS), 32);
      expect(written.isEmpty()).toBe(true);
      for (const { number, text, at } of rows) written.add([number, text, at]);
      const groups = [...readBinaryRows(written.finish(), COLUMNS, size)];
      expect(groups.flat()).toEqual(rows);
      expect(groups.slice(0, -1).every((group) => group.length === size)).toBe(true);
      expect(written.isEmpty()).toBe(true);
    }),
  );
});

test('a value is its own after another that is nearly it: of the same length, or with units that are its bytes', () => {
  const anyNear = fc.constantFrom('EUR', 'EUR', 'EUS', 'EU', '', '\u00c3\u00a9', '\u00e9', 'e\u00e9', null);
  const anyTime = fc.constantFrom('2026-03-01T09:00:00.000Z', '2026-03-01T09:00:00.001Z', null);
  fc.assert(
    fc.property(fc.array(fc.tuple(anyNear, anyTime), { maxLength: 30 }), (rows) => {
      const written = createBinaryRows(['text', 'time'], 64);
      for (const row of rows) written.add(row);
      const read = [...readBinaryRows(written.finish(), { text: 'text', at: 'time' }, 100)].flat();
      expect(read).toEqual(rows.map(([text, at]) => ({ text, at })));
    }),
  );
});

test('bytes that are used again hold the new rows alone', () => {
  const written = createBinaryRows(['text'], 64);
  written.add(['the first, which is longer']);
  const before = written.length();
  expect([...readBinaryRows(written.finish(), { text: 'text' }, 10)].flat()).toEqual([
    { text: 'the first, which is longer' },
  ]);
  written.add(['second']);
  expect(written.length()).toBeLessThan(before);
  expect([...readBinaryRows(written.finish(), { text: 'text' }, 10)].flat()).toEqual([{ text: 'second' }]);
});

test('what is no time or no exact integer is refused', () => {
  expect(() => createBinaryRows(['time'], 64).add(['soon'])).toThrow('"soon" is no time');
  const written = createBinaryRows(['integer'], 64);
  written.add([2 ** 60]);
  expect(() => [...readBinaryRows(written.finish(), { value: 'integer' }, 1)]).toThrow(RangeError);
});
