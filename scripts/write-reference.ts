import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createReference } from './reference/create-reference.ts';

// Writes docs/commands.md from the commands themselves; a test fails when it is out of date.
await writeFile(resolve(import.meta.dirname, '..', 'docs', 'commands.md'), await createReference());
