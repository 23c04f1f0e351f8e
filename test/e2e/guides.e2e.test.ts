import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, inject, test } from 'vitest';
import { parseGuide, saysTheSame, writeAnswers } from '../guides/guide.ts';
import { listGuides, surroundGuide } from '../guides/list-guides.ts';
import { runGuide } from '../guides/run-guide.ts';
import { hasPostgres } from '../postgres-server.ts';

const guides = await listGuides();
/** `npm run guides` writes what the program answers into the guides, where it is no longer what they say. */
const WRITES = process.env['REFERRAL_WRITE_GUIDES'] === '1';

describe('a guide', () => {
  test.for(guides)('$name says what the program answers', async ({ name, path }, { skip }) => {
    if (name === 'postgresql.md' && !hasPostgres()) skip('there is no PostgreSQL server');
    const markdown = await readFile(path, 'utf8');
    const steps = parseGuide(markdown);
    const { close, ...place } = await surroundGuide(name, inject('quickstart').folder);
    try {
      const answers = await runGuide(steps, place);
      const told = steps.filter((step) => step.kind === 'command');
      expect(told.length, 'commands in the guide').toBeGreaterThan(1);
      answers.forEach(({ line, exitCode, output }, index) => {
        expect(exitCode, `${line}\n${output}`).toBe(told[index]?.exitCode);
        if (WRITES) return;
        const expected = told[index]?.output ?? '';
        if (!saysTheSame(expected, output)) expect(`$ ${line}\n${output}`).toBe(`$ ${line}\n${expected}`);
      });
      const outputs = answers.map(({ output }) => output);
      if (WRITES) await writeFile(path, writeAnswers(markdown, outputs));
    } finally {
      await close();
    }
  });

  test('is in the list of the README', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    for (const { name } of guides) expect(readme).toContain(`docs/guides/${name}`);
  });
});
