import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sepaText } from './sepa-text.ts';

test('keeps what every bank takes, and writes other Latin letters without their marks', () => {
  expect(sepaText('Zoë Müller-Strauß & Søn', 70)).toBe('Zoe Muller-Strauss + Son');
  expect(sepaText('Łukasz D’Angelo', 70)).toBe("Lukasz D'Angelo");
  expect(sepaText('//a//b/', 70)).toBe('a/b');
  expect(sepaText('田中', 70)).toBe('');
});

test('gives nothing else, whatever it is given, and no more than it may', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.integer({ min: 1, max: 40 }),
      (text, length) => {
        const written = sepaText(text, length);
        expect(written).toMatch(/^[A-Za-z0-9/\-?:().,'+ ]*$/);
        expect(written).not.toMatch(/^[/ ]|[/ ]$|\/\//);
        expect(written.length).toBeLessThanOrEqual(length);
        expect(sepaText(written, length)).toBe(written);
      },
    ),
  );
});
