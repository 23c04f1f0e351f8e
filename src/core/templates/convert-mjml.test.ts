import { execa } from 'execa';
import { expect, test } from 'vitest';

const MODULE = JSON.stringify(new URL('./convert-mjml.ts', import.meta.url).href);
// Less than an expected thread lives: who ends earlier did not wait for it.
const PATIENCE_MS = 9_000;

const run = (script: string) =>
  execa(process.execPath, ['--eval', `import(${MODULE}).then(async (mjml) => {${script}})`], {
    timeout: PATIENCE_MS,
  });

test('a thread that is expected converts what it is asked, and the process ends after it', async () => {
  const { stdout } = await run(`
    mjml.expectMjml();
    mjml.expectMjml();
    const { html } = await mjml.convertMjml('<mjml><mj-body><mj-text>Hello</mj-text></mj-body></mjml>');
    console.log(html.includes('Hello'));`);
  expect(stdout).toBe('true');
});

test('a thread that is expected in vain keeps nobody waiting', async () => {
  const { stdout } = await run(`mjml.expectMjml(); console.log('done');`);
  expect(stdout).toBe('done');
});
