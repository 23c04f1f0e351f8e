import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatObject, formatTable } from './format-table.ts';

const columns = [{ key: 'customer_id' }, { key: 'first_name' }, { key: 'points' }];

describe('formatTable', () => {
  it('aligns texts to the left and numbers to the right', () => {
    const rows = [
      { customer_id: 'C-1', first_name: 'Zoë', points: 5 },
      { customer_id: 'C-20', first_name: '李', points: 120 },
    ];
    expect(formatTable(columns, rows, 80)).toEqual([
      'customer id  first name  points',
      'C-1          Zoë              5',
      'C-20         李             120',
    ]);
  });

  it('shortens the widest column until the table fits', () => {
    const lines = formatTable(columns, [{ customer_id: 'C-1', first_name: 'x'.repeat(200), points: 1 }], 60);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60);
    expect(lines[1]).toContain('…');
  });

  it('leaves out columns that may be, before it shortens anything', () => {
    const wide = [{ key: 'customer_id' }, { key: 'first_name', wide: true }, { key: 'points' }];
    const rows = [{ customer_id: 'C-1', first_name: 'x'.repeat(60), points: 1 }];
    expect(formatTable(wide, rows, 60)).toEqual(['customer id  points', 'C-1               1']);
    expect(formatTable(wide, rows, 100)[0]).toContain('first name');
  });

  it('shows times to the minute', () => {
    expect(formatTable([{ key: 'at' }], [{ at: '2026-03-01T09:05:59.123Z' }], 80)[1]).toBe(
      '2026-03-01 09:05',
    );
  });

  it('leaves out the time of day before it shortens anything', () => {
    const timed = [{ key: 'customer_id' }, { key: 'reached_at' }, { key: 'paid_at' }];
    const rows = [
      { customer_id: 'C-1', reached_at: '2026-03-01T09:05:59.123Z', paid_at: null },
      { customer_id: 'C-2', reached_at: '2026-03-02T09:05:59.123Z', paid_at: '2026-04-02T09:05:59.123Z' },
    ];
    expect(formatTable(timed, rows, 45)).toEqual([
      'customer id  reached at        paid at',
      'C-1          2026-03-01 09:05',
      'C-2          2026-03-02 09:05  2026-04-02',
    ]);
    expect(formatTable(timed, rows, 36)[2]).toBe('C-2          2026-03-02  2026-04-02');
  });

  it('never lets a cell move the cursor or break a row', () => {
    const [, line] = formatTable(
      columns,
      [{ customer_id: 'a\u001b[2Jb', first_name: 'c\nd', points: 0 }],
      80,
    );
    expect(line).toBe('a [2Jb       c d              0');
  });

  it('prints nothing for nothing', () => {
    expect(
      formatTable(columns, [{ customer_id: null, first_name: undefined, points: 1 }], 80)[1],
    ).not.toMatch(/null|undef/);
  });
});

describe('formatObject', () => {
  it('prints a line per key, without those that hold nothing', () => {
    expect(formatObject({ created: 12_000, by: null, totals: { EUR: '25.00' } })).toEqual([
      'created  12,000',
      'totals   EUR 25.00',
    ]);
  });

  it('says what became of each column of a file', () => {
    expect(formatObject({ mapping: { Klantnummer: 'customer_id', email: 'email', line: null } })).toEqual([
      'mapping  Klantnummer → customer_id, email, line → –',
    ]);
  });
});
