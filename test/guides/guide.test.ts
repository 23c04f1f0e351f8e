import { expect, test } from 'vitest';
import { parseGuide, rename, sameWords, saysTheSame, writeAnswers } from './guide.ts';
import { runGuide, wordsOf } from './run-guide.ts';

const GUIDE = [
  'Text.',
  '',
  '```csv people.csv',
  'id,email',
  '1,a@b.nl',
  '```',
  '',
  '```console',
  '$ referral one --name "a b"   # ends with 3',
  'rows  2',
  'duration ms  17',
  '',
  '$ referral two',
  'first',
  '…',
  'last',
  '```',
  '',
  '```sh',
  'not carried out',
  '```',
  '',
].join('\n');

test('files and commands come in their order, with what the program should answer', () => {
  expect(parseGuide(GUIDE)).toEqual([
    { kind: 'file', name: 'people.csv', text: 'id,email\n1,a@b.nl\n' },
    ...[
      { line: 'referral one --name "a b"', exitCode: 3, output: 'rows  2\nduration ms  17\n\n' },
      { line: 'referral two', exitCode: 0, output: 'first\n…\nlast\n' },
    ].map((command) => ({ kind: 'command', ...command })),
  ]);
  expect(wordsOf(`referral one --name "a b" --where='c = d'`)).toEqual([
    ...['referral', 'one', '--name', 'a b', '--where=c = d'],
  ]);
});

test('times, codes and durations are compared as what they are, everything else by its value', () => {
  expect(saysTheSame('at  2026-03-01T09:00:00.000Z', 'at 2027-01-01T10:11:12.000Z')).toBe(true);
  expect(saysTheSame('code  ABCD2345', 'code  QRST6789')).toBe(true);
  expect(saysTheSame('code  ABCD2345', 'code  53928989')).toBe(true);
  expect(saysTheSame('duration ms  17', 'duration ms  2,130')).toBe(true);
  expect(saysTheSame('rows  2', 'rows  3')).toBe(false);
  expect(saysTheSame('code  ABCD2345', 'code  lower')).toBe(false);
  expect(saysTheSame('first\n…\nlast', 'first\nx\ny\nlast')).toBe(true);
  expect(saysTheSame('first\n…\nlast', 'first\nx\ny\nlast\nmore')).toBe(false);
});

test('an answer that still holds stays as it stands, any other is written anew', () => {
  const written = writeAnswers(GUIDE, ['rows  2\nduration ms  999\n', 'other\n']);
  expect(written).toContain('rows  2\nduration ms  17\n\n$ referral two\nother\n```');
  expect(written).toContain('not carried out');
});

test('a code that a guide repeats is the real one there', async () => {
  const names = new Map(sameWords('code  ABCD2345\nfor  C-1', 'code  QRST6789\nfor  C-1'));
  expect(rename('1,ABCD2345,3', names)).toBe('1,QRST6789,3');
  const answers = await runGuide(
    [
      { kind: 'file', name: 'shown.txt', text: 'code ABCD2345\n' },
      { kind: 'command', line: 'sed s/ABCD/WXYZ/ shown.txt', exitCode: 0, output: 'code QRST6789\n' },
      { kind: 'file', name: 'a/b.txt', text: 'again QRST6789\n' },
      { kind: 'command', line: 'cat a/b.txt', exitCode: 0, output: '' },
    ],
    { env: {} },
  );
  expect(answers.at(-1)).toEqual({ line: 'cat a/b.txt', exitCode: 0, output: 'again WXYZ2345\n' });
});

test('what a command prints goes on into a shell, and two commands run at once', async () => {
  const line = (text: string) => ({ kind: 'command' as const, line: text, exitCode: 0, output: '' });
  const answers = await runGuide(
    [
      line('referral help exit-codes > codes.txt'),
      line('head -n 1 codes.txt'),
      line('referral --version | wc -l'),
      line('referral nonsense & referral --version'),
      line('false'),
    ],
    { env: {} },
  );
  const [written, shown, counted, both, failed] = answers;
  expect(written).toMatchObject({ exitCode: 0, output: '' });
  expect(shown?.output).not.toBe('');
  expect(counted?.output.trim()).toBe('1');
  expect(both?.exitCode).toBe(2);
  expect(both?.output).toMatch(/nonsense[\s\S]*^\d+\.\d+\.\d+/m);
  expect(failed?.exitCode).toBe(1);
});
