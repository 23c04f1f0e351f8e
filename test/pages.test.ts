import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT });
const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');
const withoutCode = (page: string): string => read(page).replace(/^```.*?^```/gms, '');

/** Targets of links and pictures of a page, without those elsewhere. */
function listLinks(page: string): readonly string[] {
  return [...withoutCode(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^(https:|mailto:)/.test(target));
}

/** What GitHub makes of the headings of a page. */
function listAnchors(page: string): readonly string[] {
  return [...withoutCode(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function findTarget(page: string, link: string): { readonly path: string; readonly anchor: string } {
  const [path = '', anchor = ''] = link.split('#');
  return { path: path === '' ? page : normalize(join(dirname(page), path)), anchor };
}

test('every link leads somewhere', () => {
  expect(pages.length).toBeGreaterThan(30);
  const dead = pages.flatMap((page) =>
    listLinks(page).flatMap((link) => {
      const { path, anchor } = findTarget(page, link);
      const there = existsSync(join(ROOT, path)) && (anchor === '' || listAnchors(path).includes(anchor));
      return there ? [] : [`${page}: ${link}`];
    }),
  );
  expect(dead).toEqual([]);
});

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached) {
    for (const link of listLinks(page)) {
      const { path } = findTarget(page, link);
      if (path.endsWith('.md')) reached.add(path);
    }
  }
  expect(pages.filter((page) => !reached.has(page))).toEqual([]);
});

/** Words of other programs, and the one that we use for the same thing. */
const FOREIGN: Readonly<Record<string, string>> = {
  'subscribers?': 'customer',
  'refer(r?ee|red friend)s?': 'friend',
  'advocates?': 'participant',
  '(promo|coupon) codes?|coupons?|vouchers?': 'code',
  'purchases?|reservations?': 'booking',
  '(black|block|do-not-mail )lists?': 'suppression',
  'opt-?outs?': 'unsubscribe',
  newsletters: 'campaign',
};

// These two speak of other programs.
const ABOUT_OTHERS = ['docs/compare.md', 'docs/guides/moving.md'];

test('the pages use the words of the glossary', () => {
  const found = pages
    .filter((page) => !ABOUT_OTHERS.includes(page))
    .flatMap((page) =>
      Object.entries(FOREIGN).flatMap(([pattern, ours]) =>
        [...withoutCode(page).matchAll(new RegExp(`\\b(${pattern})\\b`, 'gi'))].map(
          ([word]) => `${page}: "${word}" is a ${ours}`,
        ),
      ),
    );
  expect(found).toEqual([]);
});
