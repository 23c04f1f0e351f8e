import { describe, expect, it } from 'vitest';
import { clockAt } from '../clock.ts';
import { dealCodes } from './deal-codes.ts';
import { demoCalendar, shiftDates } from './demo-calendar.ts';
import { pretendEvents } from './pretend-events.ts';

describe('the demo calendar', () => {
  const calendar = demoCalendar(clockAt('2026-11-21T10:00:00.000Z'));

  it('has a contest that runs now', () => {
    expect(calendar.startsOn < '2026-11-21' && calendar.endsOn > '2026-11-21').toBe(true);
  });

  it('plays early steps in the past and late ones now', () => {
    expect(calendar.clockOnDay(0).now().slice(0, 10)).toBe(calendar.startsOn);
    expect(calendar.clockOnDay(1_000).now()).toBe('2026-11-21T10:00:00.000Z');
  });

  it('moves dates and leaves other cells alone', () => {
    expect(shiftDates('2026-06-01T09:10:00', 31)).toBe('2026-07-02T09:10:00');
    expect(shiftDates('2026-06-30', 1)).toBe('2026-07-01');
    expect(shiftDates('C-0001', 5)).toBe('C-0001');
  });
});

describe('dealCodes', () => {
  it('puts codes where referrers were, moves dates, and keeps the rest as written', () => {
    const csv = 'booking_reference,booked_at,referred_by\n"B,1",2026-06-01,C-1\nB-2,2026-06-02,NOSUCH\n';
    expect(dealCodes(csv, new Map([['C-1', 'K7WXYZ23']]), 1).split(/\r?\n/)).toEqual([
      'booking_reference,booked_at,code',
      '"B,1",2026-06-02,K7WXYZ23',
      'B-2,2026-06-03,NOSUCH',
      '',
    ]);
  });
});

describe('pretendEvents', () => {
  const mails = Array.from({ length: 500 }, (_, index) => ({
    delivery: `x-${index}`,
    email: `p${index}@example.com`,
    messageId: null,
    sentAt: '2026-09-12T09:00:00.000Z',
  }));

  it('gives the same events for the same seed', () => {
    expect(pretendEvents(mails, 'https://example.test', 1)).toEqual(
      pretendEvents(mails, 'https://example.test', 1),
    );
  });

  it('reports each mail as delivered or bounced, once', () => {
    const events = pretendEvents(mails, 'https://example.test', 7);
    expect(events.filter(({ event }) => event === 'delivered' || event === 'bounce')).toHaveLength(500);
    expect(new Set(events.map(({ sg_event_id }) => sg_event_id)).size).toBe(events.length);
  });
});
