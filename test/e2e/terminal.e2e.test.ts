import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { createPlace } from '../cli.ts';
import { createQuickstartPlace } from '../quickstart-copy.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours.
const linesOf = (text: string): string[] => text.replace(/\u001b\[[\d;?]*[A-Za-z]/g, '').split(/\r?\n/);

test('a campaign is watched to its end, and a leaderboard until Ctrl-C', async () => {
  const place = await createQuickstartPlace();
  const campaign = await place.terminal('referral campaigns status summer-launch --watch');
  expect(campaign.exitCode, campaign.stdout).toBe(0);
  expect(campaign.stdout).toMatch(/summer-launch {2}sent {2}[\s\S]*█+[\s\S]*accepted [\d,]+/);
  const board = await place.terminal('referral leaderboard summer-referral --limit 3 --watch', {
    typed: ['\u0003'],
  });
  expect(board.exitCode, board.stdout).toBe(130);
  expect(board.stdout).toMatch(/52 on the board[\s\S]* 1 {2}C-0020 {2}[\s\S]*█+/);
});

test('tables and objects are no wider than the terminal', async () => {
  const place = await createQuickstartPlace();
  const commands = ['leaderboard summer-referral', 'contests list', 'contests show summer-referral'];
  const line = commands.map((command) => `referral ${command} --quiet`).join(' && ');
  const { exitCode, stdout } = await place.terminal(`stty cols 72 && ${line}`);
  expect(exitCode, stdout).toBe(0);
  // A digest is never cut: it is there to be copied.
  const wide = linesOf(stdout).filter((text) => stringWidth(text) > 72 && !/[0-9a-f]{64}/.test(text));
  expect(wide).toEqual([]);
});

test('init asked again on a terminal offers what was answered before', async () => {
  const place = await createPlace();
  const given = ['--organisation', 'Travel', '--from-email', 'hello@travel.nl', '--currency', 'USD'];
  expect((await place.run(['init', '--yes', ...given])).exitCode).toBe(0);
  const read = (name: string): Promise<string> => readFile(join(place.folder, name), 'utf8');
  const before = [await read('referral.config.json'), await read('.env')];
  const again = await place.terminal('referral init', { typed: Array.from({ length: 11 }, () => '\r') });
  expect(again.exitCode, again.stdout).toBe(0);
  expect(again.stdout).toContain('hello@travel.nl');
  expect([await read('referral.config.json'), await read('.env')]).toEqual(before);
});
