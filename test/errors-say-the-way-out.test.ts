import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';
import { expect, test } from 'vitest';

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
