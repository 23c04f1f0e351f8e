import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readModule } from './layers/read-module.ts';
import { findViolations, type Violation } from './layers/rules.ts';

// The rules of ARCHITECTURE.md that a linter can't express; `npm run check` runs this.
const paths: string[] = [];
for (const folder of ['src', 'migrations']) {
  for (const name of await readdir(folder, { recursive: true })) {
    if (/\.ts$/.test(name) && !name.endsWith('.test.ts'))
      paths.push(join(folder, name).replaceAll('\\', '/'));
  }
}

const violations: Violation[] = [];
for (const path of paths.sort()) {
  violations.push(...findViolations(readModule(path, await readFile(path, 'utf8'))));
}
for (const { path, line, message } of violations) console.error(`${path}:${line}: ${message}`);
console.log(`layers: ${paths.length} files, ${violations.length} violations`);
if (violations.length > 0 || paths.length === 0) process.exitCode = 1;
