import { expect, test } from 'vitest';
import { boardText } from './board-text.ts';

const ENTRY = {
  ...{ first_name: 'Zoë', last_name: null, code: 'X', counted: 1, groups: 1, qualified: true },
  reached_at: '2026-05-04T10:00:00.000Z',
};

const FRAME = {
  ...{ at: '2026-06-01T10:00:00.000Z', contest: 'summer', participants: 1_200, digest: 'd' },
  entries: [
    { ...ENTRY, position: 1, customer_id: 'C-2', points: 3, referrals: 3, moved: 1 },
    { ...ENTRY, position: 2, customer_id: 'C-1', points: 2, referrals: 2, moved: -1 },
    { ...ENTRY, position: 3, customer_id: 'C-3', points: 0, referrals: 1, moved: null },
  ],
};

test('a board for a person shows who leads, by how much, and who has moved', () => {
  const lines = boardText(FRAME).split('\n');
  expect(lines[0]).toBe('summer  2026-06-01 10:00:00 UTC  1,200 on the board');
  expect(lines[2]).toMatch(/^▲1 +1 +C-2 +Zoë +3 +█{16} +3$/);
  expect(lines[3]).toMatch(/^▼1 +2 +C-1 +Zoë +2 +█{10}▋ +2$/);
  expect(lines[4]).toMatch(/^new +3 +C-3 +Zoë +0 +1$/);
});

test('a board without anybody says so', () => {
  expect(boardText({ ...FRAME, entries: [] })).toContain('nobody has an approved referral yet');
});
