import { expect, test } from 'vitest';
import { readModule } from './read-module.ts';
import { findViolations } from './rules.ts';

function judge(path: string, source: string): string[] {
  return findViolations(readModule(path, source)).map((violation) => violation.message);
}

const FORBIDDEN: readonly [title: string, path: string, source: string][] = [
  ['core that imports a command', 'src/core/codes/a.ts', `import { x } from '../../commands/x.ts';`],
  ['core that imports a type of a command', 'src/core/a.ts', `import type { x } from '../commands/x.ts';`],
  [
    'the queries of another feature',
    'src/core/codes/a.ts',
    `import { x } from '../customers/customer-queries.ts';`,
  ],
  ['another feature below csv', 'src/core/csv/a.ts', `import { x } from '../customers/x.ts';`],
  ['a feature below a shared file', 'src/core/money.ts', `import { x } from './rewards/x.ts';`],
  ['a test helper in production', 'src/core/codes/a.ts', `import { x } from '../../../test/engines.ts';`],
  ['a heavy library at load time', 'src/core/templates/a.ts', `import mjml from 'mjml';`],
  ['a heavy library handed on', 'src/core/templates/a.ts', `export { Client } from 'pg';`],
  ['SQL in a service', 'src/core/codes/a.ts', `import { sql } from 'kysely';`],
  ['SQL in a command', 'src/commands/codes/a.ts', `import { sql } from 'kysely';`],
  ['the clock', 'src/core/codes/a.ts', 'export const x = Date.now();'],
  ['the present as a date', 'src/commands/codes/a.ts', 'export const x = new Date();'],
  ['chance', 'src/core/codes/a.ts', 'export const x = Math.random();'],
  ["random bytes of one's own", 'src/core/codes/a.ts', `import { randomBytes } from 'node:crypto';`],
  ['the process', 'src/core/codes/a.ts', 'process.exit(1);'],
  ['standard output', 'src/commands/codes/a.ts', `process.stdout.write('');`],
  ['the process by import', 'src/commands/codes/a.ts', `import { exit } from 'node:process';`],
];

test.each(FORBIDDEN)('finds %s', (_title, path, source) => {
  expect(judge(path, source)).toHaveLength(1);
});

const ALLOWED: readonly [title: string, path: string, source: string][] = [
  ['the type of a heavy library', 'src/core/templates/a.ts', `import type { Liquid } from 'liquidjs';`],
  ['a heavy library on first use', 'src/core/templates/a.ts', `export const x = () => import('mjml');`],
  ['a service of another feature', 'src/core/codes/a.ts', `import { x } from '../contests/get-contest.ts';`],
  ['the queries of its own feature', 'src/core/codes/a.ts', `import { x } from './code-queries.ts';`],
  [
    'the queries of a base folder',
    'src/core/codes/a.ts',
    `import { x } from '../settings/setting-queries.ts';`,
  ],
  ['SQL in a queries file', 'src/core/codes/code-queries.ts', `import { sql } from 'kysely';`],
  ['types of the query builder', 'src/core/codes/a.ts', `import type { Kysely } from 'kysely';`],
  ['a date of something', 'src/core/codes/a.ts', 'export const x = new Date(5);'],
  ['hashing', 'src/core/codes/a.ts', `import { createHash } from 'node:crypto';`],
  ['core in a command', 'src/commands/codes/a.ts', `import { x } from '../../core/codes/a.ts';`],
  ['a name in a comment', 'src/core/codes/a.ts', '// Date.now() and process.exit()\nexport {};'],
];

test.each(ALLOWED)('allows %s', (_title, path, source) => {
  expect(judge(path, source)).toEqual([]);
});

test('names the line', () => {
  const [violation] = findViolations(readModule('src/core/a.ts', '\n\nexport const x = Math.random();\n'));
  expect(violation).toMatchObject({ path: 'src/core/a.ts', line: 3 });
});
