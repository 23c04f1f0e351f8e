import { execFile } from 'node:child_process';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const TIMEOUT_MS = 60_000;

/** The path of Chromium or Chrome, if it is installed. */
export async function findBrowser(path: string | undefined): Promise<string | undefined> {
  for (const directory of (path ?? '').split(delimiter)) {
    for (const name of BROWSERS) {
      const file = join(directory, name);
      if (directory !== '' && (await isExecutable(file))) return file;
    }
  }
  return undefined;
}

/** Takes a picture of an HTML file, without a network. */
export async function takeScreenshot(
  browser: string,
  htmlFile: string,
  pngFile: string,
  { width, height, signal }: { width: number; height: number; signal: AbortSignal },
): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'referral-preview-'));
  try {
    await promisify(execFile)(
      browser,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--hide-scrollbars',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        `--user-data-dir=${profile}`,
        `--window-size=${width},${height}`,
        `--screenshot=${pngFile}`,
        pathToFileURL(htmlFile).href,
      ],
      { timeout: TIMEOUT_MS, signal },
    );
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
