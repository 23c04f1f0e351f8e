import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { parseShellLine } from './shell-line.ts';

const PRINT =
  'require("node:fs").writeSync(1, JSON.stringify([process.env.A ?? "", ...process.argv.slice(1)]) + "\\n")';

describe('a line of shell', () => {
  test.each([
    'show C-0001',
    `list --where "tier = gold" --where 'it''s "so"'`,
    'A=1 show && show  two"three four"five && show "" -o -',
    'show "{{ first_name }}, your code" "A:subject=x" {"a":1}'.replace('{"a":1}', `'{"a": 1}'`),
  ])('has the words that a shell gives: %s', (line) => {
    const real = execFileSync(
      'sh',
      ['-c', line.replaceAll(/\b(show|list)\b/g, `"$NODE" -e '${PRINT}' -- $1`)],
      {
        env: { NODE: process.execPath },
      },
    );
    const shown = real
      .toString()
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each) as string[]);
    const ours = parseShellLine(line)?.map(({ variables, words }) => [variables['A'] ?? '', ...words]);
    expect(ours).toEqual(shown);
  });

  test.each([
    'a | b',
    'a > b',
    'a "$(b)"',
    'a; b',
    'a || b',
    'a &',
    'a *',
    'a && ',
    'a "b',
    '~/a',
    'a # b',
    '',
  ])('needs a real shell: %s', (line) => {
    expect(parseShellLine(line)).toBeUndefined();
  });
});
