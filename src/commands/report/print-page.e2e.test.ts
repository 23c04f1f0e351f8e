import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHROMIUM } from '../../../test/browser.ts';
import { errorOf, type Place } from '../../../test/cli.ts';
import { createQuickstartPlace } from '../../../test/quickstart-copy.ts';

const REPORT = 'report funnel --contest summer-referral --as-of 2026-06-01T00:00:00Z';

/** A browser that can be started and prints nothing. */
async function brokenBrowser({ folder }: Place): Promise<string> {
  const file = join(folder, 'browser.sh');
  await writeFile(file, '#!/bin/sh\nexit 3\n');
  await chmod(file, 0o755);
  return file;
}

describe('--pdf', () => {
  test.skipIf(CHROMIUM === undefined)('prints a page, the same bytes for the same report', async () => {
    const place = await createQuickstartPlace();
    const env = { REFERRAL_CHROMIUM: CHROMIUM ?? '' };
    const first = await place.run(`${REPORT} --locale de --pdf a.pdf --json`, { env });
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    const pdf = await readFile(join(place.folder, 'a.pdf'));
    expect(JSON.parse(first.stdout)).toEqual({ file: 'a.pdf', bytes: pdf.length });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    await place.run(`${REPORT} --locale de --pdf b.pdf`, { env });
    expect((await readFile(join(place.folder, 'b.pdf'))).equals(pdf)).toBe(true);
    const again = await place.run(`${REPORT} --pdf a.pdf --json`, { env });
    expect(again.exitCode).toBe(2);
    expect((await readFile(join(place.folder, 'a.pdf'))).equals(pdf)).toBe(true);
  });

  test('says what to do where there is no browser, and where it fails', async () => {
    const place = await createQuickstartPlace();
    const broken = await brokenBrowser(place);
    for (const REFERRAL_CHROMIUM of ['/nowhere/chromium', broken]) {
      const outcome = await place.run(`${REPORT} --pdf a.pdf --json`, { env: { REFERRAL_CHROMIUM } });
      expect(outcome.exitCode).toBe(12);
      expect(errorOf(outcome)).toMatchObject({ code: 'configuration_invalid' });
      expect(errorOf(outcome).hint).toMatch(/--format html|Install Chromium/);
    }
  });
});
