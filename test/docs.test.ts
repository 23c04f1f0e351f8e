import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CODE_MEANINGS } from '../src/commands/_runtime/exit-codes.ts';
import { configKeys, environmentName } from '../src/commands/_runtime/load-config.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', 'docs', name), 'utf8');

/** The cells of every table row of a page, without marks. */
const tableRows = (page: string): string[][] =>
  page
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );

describe('docs/exit-codes.md', () => {
  it('says of each code what the program says', () => {
    const documented = Object.fromEntries(
      tableRows(read('exit-codes.md'))
        .filter(([code]) => /^\d+$/.test(code ?? ''))
        .map(([code, meaning]) => [code, meaning]),
    );
    expect(documented).toEqual(EXIT_CODE_MEANINGS);
  });
});

describe('docs/configuration.md', () => {
  it('lists every key with its variable, and no other', () => {
    const rows = tableRows(read('configuration.md')).filter(([key]) => configKeys().includes(key ?? ''));
    expect(rows.map(([key]) => key)).toEqual(configKeys());
    for (const [key = '', variable] of rows) expect(variable?.split(', ')).toContain(environmentName(key));
  });
});

describe('docs/leaderboard.md', () => {
  it('shows the recipe of the drawing as it is', () => {
    const [, shown] = read('leaderboard.md').split('```js\n');
    expect(shown?.split('```')[0]).toBe(read('recipes/repeat-drawing.mjs'));
  });
});
