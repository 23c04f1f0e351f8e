import { describe, expect, it } from 'vitest';
import { parseRate } from './parse-rate.ts';
import { parseVariants } from './parse-variant.ts';

describe('a rate', () => {
  it('is given per second, minute or hour', () => {
    expect(parseRate('100/s')).toBe(100);
    expect(parseRate('600/m')).toBe(10);
    expect(parseRate('1800 / h')).toBe(0.5);
  });

  it.each(['', '100', '0/s', '-1/s', '10/d', 'fast'])('is not "%s"', (text) => {
    expect(() => parseRate(text)).toThrow(/is not a rate/);
  });
});

const NONE = { subject: null, preheader: null, template: null };

describe('variants', () => {
  it('are one by default', () => {
    expect(parseVariants([])).toEqual([{ name: 'default', ...NONE }]);
  });

  it('keep what follows the first equals sign', () => {
    expect(parseVariants(['A:subject=1 + 1 = {{ code }}'])).toEqual([
      { ...NONE, name: 'A', subject: '1 + 1 = {{ code }}' },
    ]);
  });

  it('can differ in several parts, each given once', () => {
    expect(parseVariants(['A:preheader=Soon', 'B:template=reminder', 'A:subject=Hi'])).toEqual([
      { name: 'A', subject: 'Hi', preheader: 'Soon', template: null },
      { ...NONE, name: 'B', template: 'reminder' },
    ]);
  });

  it.each([
    [['A:subject=x', 'A:subject=y'], /same name/],
    [['A:subjekt=x'], /The part is subject|not a part/],
    [['A=x'], /NAME:subject=TEXT/],
    [['A:subject='], /empty/],
    [['A:template= '], /empty/],
    [['A:preheader=a\nb'], /line break/],
    [['A:subject=a\r\nBcc: b@c.d'], /line break/],
  ])('refuse %j', (texts, message) => {
    expect(() => parseVariants(texts)).toThrow(message);
  });
});
