import { describe, expect, test } from 'vitest';
import { parseBookingRow } from './parse-booking-row.ts';
import { createStatusMap } from './parse-booking-status.ts';

function parse(cells: Readonly<Record<string, string>>, currency = 'EUR', statusMap: readonly string[] = []) {
  return parseBookingRow(
    (field) => cells[field],
    {},
    {
      ...{ statuses: createStatusMap(statusMap), timezone: 'Europe/Amsterdam', currency },
    },
  );
}
const good = (cells: Readonly<Record<string, string>>, currency?: string) =>
  parse({ booking_reference: 'B', ...cells }, currency).row;
const fault = (cells: Readonly<Record<string, string>>) => parse({ booking_reference: 'B', ...cells }).fault;

describe('parseBookingRow', () => {
  test('reads amounts exactly, in the digits of their currency', () => {
    expect(good({ amount: '1.234,50' })?.amount_minor).toBe(123_450);
    expect(good({ amount: '1,234.50', currency: 'usd' })).toMatchObject({
      amount_minor: 123_450,
      currency: 'USD',
    });
    expect(good({ amount: '1500' }, 'JPY')?.amount_minor).toBe(1_500);
    expect(good({ amount: '1.234' }, 'KWD')?.amount_minor).toBe(1_234);
    expect(good({ amount: '90071992547409.91' })?.amount_minor).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('reads times without a zone in the given zone', () => {
    expect(good({ booked_at: '2026-06-01' })?.booked_at).toBe('2026-05-31T22:00:00.000Z');
    expect(good({ booked_at: '2026-06-01T00:00:00Z' })?.booked_at).toBe('2026-06-01T00:00:00.000Z');
  });

  test('knows statuses in other words, and what the operator says', () => {
    expect(good({ status: 'Check-Out' })?.status).toBe('completed');
    expect(good({ status: 'Canceled' })?.status).toBe('cancelled');
    expect(good({ status: 'No Show' })?.status).toBe('no_show');
    expect(parse({ booking_reference: 'B', status: 'a=b' }, 'EUR', ['a=b=refunded']).row?.status).toBe(
      'refunded',
    );
    expect(() => createStatusMap(['gone=complete'])).toThrow('does not name a status');
  });

  test('names the field of what it cannot use', () => {
    expect(parse({}).fault).toEqual({ field: 'booking_reference', reason: 'is empty' });
    expect(fault({ amount: '-1' })?.field).toBe('amount');
    expect(fault({ amount: '1.005' })?.field).toBe('amount');
    expect(fault({ currency: 'EURO' })?.field).toBe('currency');
    expect(fault({ status: 'gone' })?.field).toBe('status');
    expect(fault({ booked_at: '2026-02-30' })?.field).toBe('booked_at');
    expect(fault({ email: 'nobody' })?.field).toBe('email');
    expect(fault({ amount: '10', refunded_amount: '10.01' })?.field).toBe('refunded_amount');
    expect(fault({ code: 'A\u0000B' })?.field).toBe('code');
  });

  test('names the first of several faults', () => {
    const cells = {
      ...{
        booking_reference: '',
        amount: 'x',
        code: '\0',
        customer_id: '\0',
        email: 'nobody',
        status: 'gone',
      },
      booked_at: 'never',
    };
    const fields: string[] = [];
    for (let rest: Record<string, string> = cells; ; ) {
      const field = parse(rest).fault?.field;
      if (field === undefined) break;
      fields.push(field);
      rest = { ...rest, [field]: field === 'booking_reference' ? 'B' : '' };
    }
    expect(fields).toEqual(Object.keys(cells));
  });
});
