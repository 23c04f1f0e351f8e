import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createReference } from './create-reference.ts';

test('docs/commands.md says what the commands say; npm run reference writes it again', async () => {
  const file = resolve(import.meta.dirname, '..', '..', 'docs', 'commands.md');
  expect(await readFile(file, 'utf8')).toBe(await createReference());
});
