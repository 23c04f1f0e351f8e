import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, test } from 'vitest';
import { findCommand } from '../src/commands/_runtime/find-command.ts';
import { registry } from '../src/commands/registry.ts';

const ROOT = join(import.meta.dirname, '..');

/** Where an error is made without saying what to do next: `file:line`. */
function listHintless(path: string): readonly string[] {
  const source = readFileSync(join(ROOT, path), 'utf8');
  if (!source.includes('new ReferralError(')) return [];
  const places: string[] = [];
  new Visitor({
    NewExpression({ callee, arguments: given, start }) {
      if (callee.type !== 'Identifier' || callee.name !== 'ReferralError') return;
      const context = given[2];
      const text = context === undefined ? '' : source.slice(context.start, context.end);
      if (!/\bhint\b/.test(text)) places.push(`${path}:${source.slice(0, start).split('\n').length}`);
    },
  }).visit(parseSync(path, source).program);
  return places;
}

test('every error says what to do next', () => {
  const files = globSync('src/**/*.ts', { cwd: ROOT }).filter((path) => !path.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(300);
  expect(files.flatMap(listHintless)).toEqual([]);
});

const NOUNS: ReadonlySet<string> = new Set(registry.map(({ name }) => name.split(' ')[0] ?? ''));

/** Commands that a source names in its texts, up to what stands for a value: `referral contests show`. */
function listNamed(path: string): readonly string[] {
  const named: string[] = [];
  const take = (text: string): void => {
    for (const [, before = '', words = ''] of text.matchAll(
      /(^|: |with |→ |`)referral ((?:[a-z]+(?:-[a-z]+)*(?: |$)?){1,2})/g,
    )) {
      // "referral code" may begin a sentence, too.
      if (before !== '' || NOUNS.has(words.split(' ')[0] ?? '')) named.push(words.trim());
    }
  };
  new Visitor({
    Literal: ({ value }) => {
      if (typeof value === 'string') take(value);
    },
    TemplateElement: ({ value }) => take(value.cooked ?? ''),
  }).visit(parseSync(path, readFileSync(join(ROOT, path), 'utf8')).program);
  return named;
}

test('every command that a hint names is there', () => {
  // "referral runs referral contests" is what the help begins with.
  const files = globSync('src/**/*.ts', { cwd: ROOT }).filter(
    (path) => !path.endsWith('.test.ts') && !path.endsWith('/_runtime/help.ts'),
  );
  const unknown = files.flatMap((path) =>
    listNamed(path)
      .filter((words) => !isCommand(words))
      .map((words) => `${path}: referral ${words}`),
  );
  expect(unknown).toEqual([]);
});

function isCommand(words: string): boolean {
  try {
    findCommand(words.split(' '), registry);
    return true;
  } catch {
    return false;
  }
}
