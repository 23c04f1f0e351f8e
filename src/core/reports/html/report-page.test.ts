import { type DefaultTreeAdapterTypes, type ParserError, parse } from 'parse5';
import { describe, expect, it } from 'vitest';
import { exampleReport } from '../../../../test/example-report.ts';
import { createFormat } from '../locale/create-format.ts';
import { MONEY, TOTALS } from '../metrics.ts';
import { escapeHtml, html } from './html.ts';
import { formatReportPage } from './report-page.ts';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const page = formatReportPage(exampleReport);
const { amount: formatAmount, count: formatCount } = createFormat('en');

function elements(node: Node): Element[] {
  const children = 'childNodes' in node ? node.childNodes.flatMap(elements) : [];
  return 'tagName' in node ? [node, ...children] : children;
}

function textOf(node: Node): string {
  if ('value' in node && node.nodeName === '#text') return node.value;
  return 'childNodes' in node ? node.childNodes.map(textOf).join('') : '';
}

function attribute(element: Element, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value;
}

describe('the report as a page', () => {
  const all = elements(parse(page));

  it('is valid HTML without a parse error', () => {
    const errors: ParserError[] = [];
    parse(page, { onParseError: (error) => errors.push(error), sourceCodeLocationInfo: true });
    expect(errors).toEqual([]);
  });

  it('has no script and asks for nothing outside itself', () => {
    const names = new Set(all.map(({ tagName }) => tagName));
    for (const name of ['script', 'img', 'link', 'iframe', 'object', 'a', 'form'])
      expect(names).not.toContain(name);
    for (const element of all) {
      for (const { name, value } of element.attrs) {
        expect(name).not.toMatch(/^on/);
        if (name !== 'xmlns') expect(value).not.toMatch(/https?:|\/\//);
      }
    }
    const styles = all.filter(({ tagName }) => tagName === 'style').map(textOf);
    expect(styles.join()).not.toMatch(/@import|https?:/);
  });

  it('shows hostile names as text', () => {
    expect(textOf(all.find(({ tagName }) => tagName === 'h1') as Element)).toBe(exampleReport.contest_name);
    expect(page).not.toContain('<b>Anna</b>');
    expect(page).toContain('&lt;/svg&gt;&lt;b&gt;Anna&lt;/b&gt;');
  });

  it('shows nobody by address or id', () => {
    expect(page).not.toContain('C-0001');
    const texts = all.filter(({ tagName }) => tagName === 'header' || tagName === 'main').map(textOf);
    expect(texts.join()).not.toMatch(/\S@\S/);
  });

  it('shows every total and amount', () => {
    const cells = new Set(all.filter(({ tagName }) => tagName === 'td').map(textOf));
    for (const { name } of TOTALS) expect(cells).toContain(formatCount(exampleReport.totals[name]));
    for (const [currency, figures] of Object.entries(exampleReport.money)) {
      for (const { name } of MONEY) expect(cells).toContain(formatAmount(figures[name], currency));
    }
  });

  it('names every picture and puts a table behind it', () => {
    const pictures = all.filter(
      (element) => element.tagName === 'svg' && attribute(element, 'role') === 'img',
    );
    expect(pictures.length).toBeGreaterThan(5);
    for (const picture of pictures) expect(attribute(picture, 'aria-label')).not.toBe('');
    const lists = all.filter((element) => element.tagName === 'ol');
    const tables = all.filter(({ tagName }) => tagName === 'details');
    // The table of the ring is not folded away.
    expect(tables.length).toBe(pictures.length + lists.length - 1);
    for (const table of tables) expect(elements(table).some(({ tagName }) => tagName === 'th')).toBe(true);
  });

  it('has one h1 and no heading that skips a level', () => {
    const levels = all
      .filter(({ tagName }) => /^h[1-6]$/.test(tagName))
      .map(({ tagName }) => Number(tagName[1]));
    expect(levels.filter((level) => level === 1)).toEqual([1]);
    for (const [index, level] of levels.entries())
      expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
  });

  it('is the same for the same report, byte for byte', () => {
    expect(formatReportPage(structuredClone(exampleReport))).toBe(page);
  });

  it('draws a report on an empty database', () => {
    const zero = <T extends object>(figures: T): T =>
      Object.fromEntries(Object.keys(figures).map((key) => [key, 0])) as T;
    const empty = formatReportPage({
      ...exampleReport,
      ...{ contest: null, contest_name: null, totals: zero(exampleReport.totals), money: {}, campaigns: [] },
      ...{ consent: zero(exampleReport.consent), referrals: zero(exampleReport.referrals), segments: {} },
      ...{ funnel: [], series: { unit: 'day', rows: [] }, leaderboard: [] },
      rates: Object.fromEntries(Object.keys(exampleReport.rates).map((name) => [name, null])) as never,
    });
    expect(empty).toContain('No booking yet.');
    expect(empty).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('html', () => {
  it('escapes values and keeps markup', () => {
    expect(html`<p title="${'"&<>\''}">${[html`<b>${1}</b>`, 'x<y', null]}</p>`.markup).toBe(
      '<p title="&quot;&amp;&lt;&gt;&#39;"><b>1</b>x&lt;y</p>',
    );
  });

  it('takes away what HTML does not allow', () => {
    expect(escapeHtml('a\u0000b\ud800c')).toBe('a b\ufffdc');
  });
});
