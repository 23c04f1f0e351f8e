import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { findChromium } from '../src/commands/report/find-chromium.ts';

/** The browser of this machine, or undefined: then a test says aloud that it can't look at pages. */
export const CHROMIUM = find();

function find(): string | undefined {
  try {
    return findChromium(process.env);
  } catch {
    process.stderr.write('No Chromium here: the tests that look at report pages in a browser are SKIPPED.\n');
    return undefined;
  }
}

export interface View {
  readonly width: number;
  readonly scheme: 'light' | 'dark';
}

export interface LookAtPages {
  /**
   * Shows each page, given as text, and returns what `work` found wrong by name; also that a page asked for anything.
   * Pages stand in the font that the tests bring along, so that they look alike on every machine.
   */
  each(
    pages: Readonly<Record<string, string>>,
    view: View,
    work: (page: Page, name: string) => Promise<readonly unknown[]>,
  ): Promise<Readonly<Record<string, readonly unknown[]>>>;
  close(): Promise<void>;
}

/** Starts Chromium, once for all pages, without a window. */
export async function lookAtPages(): Promise<LookAtPages> {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ['--no-sandbox'] });
  return {
    each: async (pages, view, work) => {
      const found: Record<string, readonly unknown[]> = {};
      const context = await openContext(browser, view);
      try {
        for (const [name, markup] of Object.entries(pages)) {
          const page = await context.newPage();
          const requests: string[] = [];
          page.on('request', (request) => requests.push(request.url()));
          await page.setContent(markup, { waitUntil: 'load' });
          const asked = requests.map((url) => `asked for ${url}`);
          await page.addStyleTag({ content: FONT });
          await page.evaluate('document.fonts.ready.then(() => undefined)');
          const problems = [...asked, ...(await work(page, name))];
          if (problems.length > 0) found[name] = problems;
          await page.close();
        }
      } finally {
        await context.close();
      }
      return found;
    },
    close: () => browser.close(),
  };
}

async function openContext(
  browser: Browser,
  { width, scheme }: View,
): Promise<Awaited<ReturnType<Browser['newContext']>>> {
  return browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    offline: true,
    deviceScaleFactor: 1,
    reducedMotion: 'reduce',
    // The page forbids scripts; axe-core has to be one.
    bypassCSP: true,
  });
}

/** How wide the content of a page is. */
export async function widthOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly string[];
}

/** What axe-core finds against WCAG 2.2 A and AA and its best practices. */
export async function findViolations(page: Page): Promise<Violation[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await axe.run();
    return violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 200)),
    }));
  });
}

const require = createRequire(import.meta.url);
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const INTER = readFileSync(
  require.resolve('@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'),
).toString('base64');
const FONT = `@font-face{font-family:Inter;font-weight:100 900;src:url(data:font/woff2;base64,${INTER})}*{font-family:Inter,monospace!important}`;
