import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findPostgresParser, parseTimestamp } from './postgres-types.ts';

test('a timestamp as PostgreSQL writes it is the instant that was put in', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0100-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => {
        const instant = date.toISOString();
        const written = `${instant.slice(0, 10)} ${instant.slice(11, 23).replace(/\.?0+$/, (zeros) => (zeros.startsWith('.') ? '' : zeros.replace(/0+$/, '')))}+00`;
        expect(parseTimestamp(written)).toBe(instant);
      },
    ),
  );
});

test('an integer beyond what JavaScript counts exactly is refused', () => {
  expect(findPostgresParser(20)?.('9007199254740991')).toBe(9_007_199_254_740_991);
  expect(() => findPostgresParser(20)?.('9007199254740993')).toThrow(/counts exactly/);
  expect(findPostgresParser(1700)?.('12.5')).toBe(12.5);
});
