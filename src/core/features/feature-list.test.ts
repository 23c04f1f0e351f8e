import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FEATURES } from './feature-list.ts';
import { TARGETS } from './targets.ts';

it('is documented in docs/segments.md, every feature and every target, and nothing else', () => {
  const page = readFileSync(new URL('../../../docs/segments.md', import.meta.url), 'utf8');
  const rowsUnder = (heading: string): string[][] =>
    (page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
      .split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .split('|')
          .slice(1, 3)
          .map((cell) => cell.trim().replaceAll('`', '')),
      );
  expect(rowsUnder('Features')).toEqual(FEATURES.map(({ name, description }) => [name, description]));
  expect(rowsUnder('Targets from our own data')).toEqual(Object.entries(TARGETS));
});
