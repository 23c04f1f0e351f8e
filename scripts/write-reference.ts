import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createHelpSnapshot } from './reference/create-help-snapshot.ts';
import { createReference } from './reference/create-reference.ts';

// Writes docs/commands.md and test/help-snapshot.txt from the commands themselves; a test fails when one is out of date.
const root = resolve(import.meta.dirname, '..');
await writeFile(resolve(root, 'docs', 'commands.md'), await createReference());
await writeFile(resolve(root, 'test', 'help-snapshot.txt'), await createHelpSnapshot());
