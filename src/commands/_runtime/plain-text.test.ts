import { expect, test } from 'vitest';
import { plainLines, plainText } from './plain-text.ts';

test('a cell stays on its line and can not move the cursor', () => {
  expect(plainText('a\n\tb\u001b[2Jc\u009b31m')).toBe('a b [2Jc 31m');
  expect([plainText(null), plainText(0), plainText({ a: 1 })]).toEqual(['', '0', '{"a":1}']);
});

test('a note keeps its lines and nothing else that controls a terminal', () => {
  expect(plainLines('a\n\tb\u001b[2Jc\r')).toBe('a\n\tb [2Jc ');
});
