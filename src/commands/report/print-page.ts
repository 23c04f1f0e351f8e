import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ReferralError } from '../../core/errors.ts';
import type { Context } from '../_runtime/context.ts';
import { checkOutput, fileSink } from '../_runtime/sink.ts';
import { findChromium } from './find-chromium.ts';

const TIMEOUT_MS = 120_000;
const execute = promisify(execFile);

export interface PrintedPage {
  readonly file: string;
  readonly bytes: number;
}

/** Prints a page to a PDF file, without a window and without a network. Throws `configuration_invalid`, `output_exists`. */
export async function printPage({ io, globals }: Context, page: string, file: string): Promise<PrintedPage> {
  checkOutput(io.directory, file, globals.force);
  const browser = findChromium(io.environment);
  const folder = await mkdtemp(join(tmpdir(), 'referral-print-'));
  try {
    const source = join(folder, 'page.html');
    const target = join(folder, 'page.pdf');
    await writeFile(source, page, { mode: 0o600 });
    await runBrowser(browser, folder, target, pathToFileURL(source).href);
    const bytes = withoutClock(await readFile(target));
    const sink = await fileSink(io.directory, file);
    try {
      await sink.write(bytes);
      await sink.commit();
    } catch (error) {
      await sink.abandon();
      throw error;
    }
    return { file, bytes: bytes.length };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function runBrowser(browser: string, folder: string, target: string, url: string): Promise<void> {
  // A browser started by root refuses its sandbox; the page is our own and has no script.
  const sandbox = userInfo().uid === 0 ? ['--no-sandbox'] : [];
  const flags = [
    '--headless',
    '--disable-gpu',
    '--no-pdf-header-footer',
    '--no-first-run',
    '--disable-extensions',
    '--disable-background-networking',
    `--user-data-dir=${join(folder, 'profile')}`,
    `--print-to-pdf=${target}`,
    ...sandbox,
  ];
  try {
    await execute(browser, [...flags, url], { timeout: TIMEOUT_MS });
  } catch (error) {
    throw new ReferralError('configuration_invalid', 'The page can’t be printed: the browser failed', {
      reason: `${browser}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
      hint: 'Print the page of --format html from any browser, or set REFERRAL_CHROMIUM to another one.',
      cause: error,
    });
  }
}

// The time of printing is not data: without it the same report gives the same bytes.
function withoutClock(pdf: Buffer): Buffer {
  const text = pdf.toString('latin1').replace(/\(D:\d{14}/g, '(D:20000101000000');
  return Buffer.from(text, 'latin1');
}
