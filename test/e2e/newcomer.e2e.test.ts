import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPlace, jsonOf } from '../cli.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What the README says to type in its section, as one script. */
async function readSteps(): Promise<string> {
  const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
  const [, section = ''] = /^## A contest in ten minutes.*?$(.*?)^## /ms.exec(readme) ?? [];
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, lines]) => lines).join('');
}

test('a newcomer who types what the README says, in a clean folder, has mailed a contest and sees its results', async () => {
  const steps = await readSteps();
  expect(steps.match(/^npx referral /gm)?.length).toBeGreaterThan(15);
  const place = await createPlace();
  await cp(join(ROOT, 'fixtures'), join(place.folder, 'fixtures'), { recursive: true });
  // Rows of the fixtures are refused on purpose, with 3; an import into a file of rejects is no failure.
  const script = `npx() { "$@" || [ $? -eq 3 ]; }\nset -e\n${steps}`;
  const outcome = await place.shell(script);
  expect(outcome.exitCode, `${outcome.stdout.slice(-2_000)}\n${outcome.stderr.slice(-2_000)}`).toBe(0);

  const status = jsonOf(await place.shell('cd my-contest && referral campaigns status spring-launch --json'));
  expect(status).toMatchObject({ status: 'sent', pending: 0, in_doubt: 0, refused: 0 });
  const mails = await readdir(join(place.folder, 'my-contest', 'outbox'), { recursive: true });
  expect(mails.filter((name) => name.endsWith('.eml')).length).toBe(status['accepted']);
  expect(outcome.stdout).toMatch(/B-1001/);
  expect(await readFile(join(place.folder, 'my-contest', 'report.html'), 'utf8')).toMatch(
    /^<!doctype html>/i,
  );
});
