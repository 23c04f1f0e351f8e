import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ReferralError } from '../../core/errors.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome', 'msedge'];
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
const HINT = 'Install Chromium or Chrome (apt install chromium), or set REFERRAL_CHROMIUM to its path.';

/** The browser that prints pages: `REFERRAL_CHROMIUM`, else the first that is installed. Throws `configuration_invalid`. */
export function findChromium(environment: Readonly<Record<string, string | undefined>>): string {
  const named = environment['REFERRAL_CHROMIUM'];
  if (named !== undefined && named !== '') {
    if (existsSync(named)) return named;
    throw new ReferralError('configuration_invalid', 'The page can’t be printed: there is no such browser', {
      reason: `REFERRAL_CHROMIUM is ${named}`,
      hint: HINT,
    });
  }
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES];
  const found = candidates.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new ReferralError('configuration_invalid', 'The page can’t be printed: no browser was found', {
    reason: '--pdf needs Chromium or Chrome, which is not installed',
    hint: `${HINT} Or print the page of --format html from any browser.`,
  });
}
