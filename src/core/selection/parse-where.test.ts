import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReferralError } from '../errors.ts';
import { OPERATORS } from './condition.ts';
import { spellings } from './contains-text-queries.ts';
import { customerFields } from './customer-fields.ts';
import { parseWhere } from './parse-where.ts';

const parse = (text: string) => parseWhere(text, customerFields);
const texts = (text: string) =>
  parse(text).values.map((value) => (value.kind === 'time' ? value.from : value.text));

function refusal(text: string): ReferralError {
  try {
    parse(text);
  } catch (error) {
    return error as ReferralError;
  }
  return expect.unreachable('it was accepted');
}

describe('reading --where', () => {
  test.each([
    ['tier = gold', '=', ['gold']],
    ['tier=gold', '=', ['gold']],
    ['tier == gold', '=', ['gold']],
    ['tier != "very good"', '!=', ['very good']],
    ['tier in gold, silver', 'in', ['gold', 'silver']],
    ['tier IN (gold,"a, b")', 'in', ['gold', 'a, b']],
    ['email ~ example.com', '~', ['example.com']],
    ['total_bookings>=5', '>=', ['5']],
    ['attributes.city = Den Haag', '=', ['Den Haag']],
    ['attributes.Loyalty points > 10', '>', ['10']],
    ['consent = GRANTED', '=', ['granted']],
    ['tier = ""', '=', []],
    ['joined_at >= 2026-01-01', '>=', ['2026-01-01T00:00:00.000Z']],
    ['segment in active_user, power_user', 'in', ['active_user', 'power_user']],
  ])('%s', (text, operator, values) => {
    expect(parse(text).operator).toBe(operator);
    expect(texts(text)).toEqual(values);
  });

  test('a date is a whole day of its zone, a time a millisecond', () => {
    expect(
      parseWhere('joined_at = 2026-03-29', customerFields, { timezone: 'Europe/Amsterdam' }).values,
    ).toEqual([{ kind: 'time', from: '2026-03-28T23:00:00.000Z', until: '2026-03-29T22:00:00.000Z' }]);
    expect(parse('joined_at = 2026-03-29T10:00:00Z').values).toEqual([
      { kind: 'time', from: '2026-03-29T10:00:00.000Z', until: '2026-03-29T10:00:00.001Z' },
    ]);
  });

  test('amounts are exact', () => {
    expect(parse('total_spend >= 100.10').values).toEqual([
      { kind: 'number', number: 10_010, text: '100.10' },
    ]);
    expect(refusal('total_spend >= 100.101').code).toBe('usage');
  });

  test.each([
    ['emial = x', 'Did you mean "email"?'],
    ['consent = grantd', 'Did you mean "granted"?'],
    ['total_bookings = many', 'a whole number'],
    ['joined_at > yesterday', 'a date or time'],
    ['consent > granted', 'It takes'],
    ['total_bookings ~ 1', 'It takes'],
    ['gold', 'field op value'],
    ['tier =', 'Write one'],
    ['tier in', 'field op value'],
    ['segment < x', 'It takes'],
    ['constructor = x', 'attributes.constructor'],
  ])('refuses %j, saying what to write', (text, hint) => {
    const error = refusal(text);
    expect(error.code).toBe('usage');
    expect(`${error.hint}`).toContain(hint);
  });

  test('any text either reads or is refused as wrong usage', () => {
    const piece = fc.constantFrom(
      'tier',
      'email',
      'total_spend',
      ' ',
      '=',
      '!',
      '<',
      '>',
      'in',
      '~',
      '"',
      ',',
      '(',
      ')',
      '1',
      'x',
      '.',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        try {
          parse(pieces.join(''));
        } catch (error) {
          expect((error as ReferralError).code).toBe('usage');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a quoted value comes back as it is, under every operator', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.constantFrom(...OPERATORS), (value, operator) => {
        const written = `tier ${operator} "${value.replaceAll('"', '""')}"`;
        expect(texts(written)).toEqual([value.normalize('NFC')]);
      }),
    );
  });

  test('looks for accented letters in small, capitals and titles', () => {
    expect(spellings('Élodie')).toEqual(['élodie', 'Élodie']);
    expect(spellings('éloïse')).toEqual(['éloïse', 'ÉloÏse', 'Éloïse']);
  });
});
