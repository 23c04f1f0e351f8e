import { describe, expect, it } from 'vitest';
import { createRedactor, withoutPersonalData } from './redact.ts';

describe('a redactor', () => {
  it('takes out passwords in addresses, API keys and every secret it was told', () => {
    const redactor = createRedactor();
    redactor.add('correct horse');
    const text = redactor.redact(
      'postgres://me:pa55@db/x with SG.abcdefghijklmnopqrst.uvwxyzabcdefghijklmnop and correct horse',
    );
    expect(text).toBe('postgres://me:[redacted]@db/x with [redacted] and [redacted]');
  });

  it('leaves short words alone', () => {
    const redactor = createRedactor();
    redactor.add('on');
    expect(redactor.redact('one')).toBe('one');
  });
});

describe('withoutPersonalData', () => {
  it.each([
    ['anna@example.com', '[address]'],
    ['email = anna@example.com', 'email = [personal]'],
    ['last_name ~ de Vries', 'last_name ~ [personal]'],
    ['country = NL', 'country = NL'],
    ['customers.csv', 'customers.csv'],
  ])('keeps of "%s" only "%s"', (text, kept) => {
    expect(withoutPersonalData(text)).toBe(kept);
  });
});
