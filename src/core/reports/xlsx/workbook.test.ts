import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { exampleReport } from '../../../../test/example-report.ts';
import { formatReportWorkbook } from '../format-report-workbook.ts';
import { toSerial } from './serial-date.ts';
import { formatWorkbook, type Sheet } from './workbook.ts';
import { columnName } from './workbook-parts.ts';

const COLUMNS = [
  { title: 'id', type: 'text' },
  { title: 'amount', type: 'decimal' },
  { title: 'at', type: 'time' },
] as const;

function sheetsOf(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(
    Object.entries(unzipSync(bytes)).map(([path, content]) => [path, strFromU8(content)]),
  );
}

function rowsSheet(rows: Sheet['rows']): Sheet {
  return { name: 'Rows', columns: COLUMNS, rows };
}

describe('a workbook', () => {
  it('keeps numbers as numbers, times as times and ids as texts', async () => {
    const bytes = await formatWorkbook([rowsSheet([['007', '1234.50', '2026-03-01T12:00:00.000Z']])]);
    const sheet = sheetsOf(bytes)['xl/worksheets/sheet1.xml'] ?? '';
    expect(sheet).toContain('<c r="A2" t="inlineStr"><is><t xml:space="preserve">007</t></is></c>');
    expect(sheet).toContain('<c r="B2" s="2"><v>1234.50</v></c>');
    expect(sheet).toContain('<c r="C2" s="4"><v>46082.5</v></c>');
    expect(sheet).toContain('state="frozen"');
  });

  it('holds no formula, whatever a cell begins with', async () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '=HYPERLINK("http://x","y")<f>1</f>'];
    const bytes = await formatWorkbook([rowsSheet(hostile.map((text) => [text, text, text]))]);
    const sheet = sheetsOf(bytes)['xl/worksheets/sheet1.xml'] ?? '';
    expect(sheet).not.toMatch(/<f>|<f /);
    expect(sheet).toContain('=HYPERLINK(&quot;http://x&quot;,&quot;y&quot;)&lt;f&gt;1&lt;/f&gt;');
  });

  it('leaves out what XML does not allow and keeps what looks like an escape', async () => {
    const bytes = await formatWorkbook([rowsSheet([['a\u0000\u0008b\ud800 _x0041_']])]);
    expect(sheetsOf(bytes)['xl/worksheets/sheet1.xml']).toContain('>ab\ufffd _x005F_x0041_<');
  });

  it('goes on in a further sheet when one is full', async () => {
    const bytes = await formatWorkbook([rowsSheet([['1'], ['2'], ['3'], ['4'], ['5']])], 3);
    const parts = sheetsOf(bytes);
    expect(Object.keys(parts).filter((path) => path.startsWith('xl/worksheets/'))).toHaveLength(3);
    expect(parts['xl/workbook.xml']).toContain('name="Rows 3"');
    expect(parts['xl/worksheets/sheet3.xml']).toContain('>5<');
  });

  it('gives the same bytes for the same report: the archive knows no clock', async () => {
    const bytes = Buffer.from(await formatReportWorkbook(exampleReport));
    expect(Buffer.from(await formatReportWorkbook(structuredClone(exampleReport))).equals(bytes)).toBe(true);
    // Noon of 1980-01-01, as an archive writes the time and date of an entry.
    expect([bytes.readUInt16LE(10), bytes.readUInt16LE(12)]).toEqual([0x6000, 0x0021]);
  });

  it('shows every part of a report', async () => {
    const parts = sheetsOf(await formatReportWorkbook(exampleReport));
    for (const name of [
      'Report',
      'Totals',
      'Rates',
      'Money',
      'Campaigns',
      'Funnel',
      'Series',
      'Leaderboard',
    ]) {
      expect(parts['xl/workbook.xml']).toContain(`name="${name}"`);
    }
    expect(Object.values(parts).join()).not.toMatch(/<f>|NaN|undefined/);
  });

  it('counts days as spreadsheets do', () => {
    expect(toSerial('1900-03-01')).toBe(61);
    expect(toSerial('2026-01-01T06:00:00.000Z')).toBe(46023.25);
    expect(toSerial('no time')).toBeUndefined();
  });

  it('names columns as spreadsheets do', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(columnName)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  });
});
