import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/*
 * Makes docs/images/report.png from a report page, such as the one that the quick start leaves:
 *   node scripts/picture-report.ts demo/report.html
 * A third argument names the browser where it is not called chromium.
 */

const WIDTH = 1280;
const HEIGHT = 1180;
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--hide-scrollbars'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
  ...[`--window-size=${WIDTH},${HEIGHT}`, '--force-device-scale-factor=1'],
];

const [page, picture = 'docs/images/report.png', browser = 'chromium'] = process.argv.slice(2);
if (page === undefined)
  throw new Error('usage: node scripts/picture-report.ts REPORT.html [PICTURE.png [BROWSER]]');

const profile = await mkdtemp(join(tmpdir(), 'picture-'));
try {
  await promisify(execFile)(
    browser,
    [
      ...FLAGS,
      `--user-data-dir=${profile}`,
      `--screenshot=${resolve(picture)}`,
      pathToFileURL(resolve(page)).href,
    ],
    { timeout: 60_000 },
  );
} finally {
  await rm(profile, { recursive: true, force: true });
}
console.log(`${picture}: ${(await stat(picture)).size} bytes`);
