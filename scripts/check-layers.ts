import { glob, readFile } from 'node:fs/promises';
import { readModule } from './layers/read-module.ts';
import { findViolations, type Violation } from './layers/rules.ts';

// The rules of ARCHITECTURE.md that a linter can't express; `npm run check` runs this.
const paths: string[] = [];
for await (const path of glob('{src,migrations}/**/*.ts')) {
  const file = path.replaceAll('\\', '/');
  if (!file.endsWith('.test.ts') && !file.includes('/testing/')) paths.push(file);
}

const violations: Violation[] = [];
for (const path of paths.sort()) {
  violations.push(...findViolations(readModule(path, await readFile(path, 'utf8'))));
}
for (const { path, line, message } of violations) console.error(`${path}:${line}: ${message}`);
console.log(`layers: ${paths.length} files, ${violations.length} violations`);
if (violations.length > 0 || paths.length === 0) process.exitCode = 1;
