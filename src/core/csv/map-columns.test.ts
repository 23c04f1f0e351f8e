import { describe, expect, test } from 'vitest';
import { bookingFields } from '../conversions/booking-fields.ts';
import { customerImportFields } from '../customers/customer-import-fields.ts';
import type { ReferralError } from '../errors.ts';
import { headerKey, mapColumns, parseColumnOverrides } from './map-columns.ts';

const map = (header: readonly string[], overrides: readonly string[] = []) =>
  mapColumns(header, customerImportFields, overrides).mapping;

function refusal(work: () => unknown): ReferralError {
  try {
    work();
  } catch (error) {
    return error as ReferralError;
  }
  return expect.unreachable('it was accepted');
}

describe('mapping columns', () => {
  test.each([
    ['English', ['Customer ID', 'E-Mail', 'First Name', 'Surname', 'Customer since']],
    ['Dutch', ['Klantnummer', 'E-mailadres', 'Voornaam', 'Achternaam', 'Klant sinds']],
    ['German', ['Kundennummer', 'E-Mail-Adresse', 'Vorname', 'Nachname', 'Kunde seit']],
    ['French', ['Numéro client', 'Courriel', 'Prénom', 'Nom de famille', 'Client depuis']],
    ['Spanish', ['ID cliente', 'Correo electrónico', 'Nombre', 'Apellidos', 'Cliente desde']],
  ])('recognises headers in %s', (_, header) => {
    expect(Object.values(map(header))).toEqual([
      'customer_id',
      'email',
      'first_name',
      'last_name',
      'joined_at',
    ]);
  });

  test('any other column becomes an attribute, an unnamed one is left out', () => {
    expect(map(['column_1', 'customer_id', 'email', 'city', 'attributes.region'])).toEqual({
      column_1: null,
      customer_id: 'customer_id',
      email: 'email',
      city: 'attributes.city',
      'attributes.region': 'attributes.region',
    });
  });

  test('the field itself wins over another spelling of it', () => {
    expect(map(['id', 'customer_id', 'email'])).toEqual({
      id: 'attributes.id',
      customer_id: 'customer_id',
      email: 'email',
    });
  });

  test('--map wins, splits at the last =, and can leave a column out', () => {
    expect(map(['a=b', 'mail', 'email', 'notes'], ['a=b=customer_id', 'mail=email', 'notes='])).toEqual({
      'a=b': 'customer_id',
      mail: 'email',
      email: 'attributes.email',
      notes: null,
    });
  });

  test('the columns of a rejects file are no data', () => {
    expect(map(['line', 'column', 'reason', 'customer_id', 'email'])).toMatchObject({
      line: null,
      column: null,
      reason: null,
    });
  });

  test('# stands for the number of the line, unless a column has that name', () => {
    const numbered = mapColumns(['email'], customerImportFields, ['#=customer_id']);
    expect([numbered.lineField, numbered.mapping]).toEqual([
      'customer_id',
      { email: 'email', '#': 'customer_id' },
    ]);
    expect(map(['#', 'email'], ['#=customer_id'])).toEqual({ '#': 'customer_id', email: 'email' });
    expect(refusal(() => map(['email'], ['#=attributes.n'])).code).toBe('usage');
    expect(refusal(() => map(['id', 'email'], ['id=customer_id', '#=customer_id'])).code).toBe('usage');
  });

  test('a missing required column names the flag that helps', () => {
    const error = refusal(() => map(['name', 'Mail']));
    expect([error.code, error.details['missing']]).toEqual(['input_unusable', ['customer_id']]);
    expect(error.hint).toContain('--map');
  });

  test('an unknown column or field is told with the nearest one', () => {
    expect(refusal(() => map(['customer_id', 'email', 'city'], ['ctiy=tier'])).hint).toContain('city');
    expect(refusal(() => parseColumnOverrides(['x=emial'], customerImportFields))).toMatchObject({
      code: 'usage',
      hint: 'Did you mean "email"?',
    });
    expect(refusal(() => parseColumnOverrides(['email'], customerImportFields)).code).toBe('usage');
    expect(refusal(() => map(['a', 'b'], ['a=email', 'b=email'])).code).toBe('usage');
  });

  test.each([
    ['customers', customerImportFields],
    ['bookings', bookingFields],
  ])('no spelling of %s stands for two fields', (_, fields) => {
    const owners = new Map<string, string>();
    for (const field of fields) {
      for (const key of new Set([field.name, ...field.spellings].map(headerKey))) {
        expect([key, owners.get(key) ?? field.name]).toEqual([key, field.name]);
        owners.set(key, field.name);
      }
    }
  });
});
