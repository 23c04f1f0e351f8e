import { expect, test } from 'vitest';
import { isRoleAddress, suggestDomain } from './address-notes.ts';

test.each([
  ['gmial.com', 'gmail.com'],
  ['gmail.con', 'gmail.com'],
  ['gmail.co', 'gmail.com'],
  ['hotmial.com', 'hotmail.com'],
  ['hotmaill.com', 'hotmail.com'],
  ['outlok.com', 'outlook.com'],
  ['yaho.com', 'yahoo.com'],
  ['hotmai.fr', 'hotmail.fr'],
])('%s was meant to be %s', (domain, meant) => {
  expect(suggestDomain(domain)).toBe(meant);
});

test.each(['gmail.com', 'ymail.com', 'mail.com', 'yahoo.be', 'gmx.at', 'example.com', 'live.fr', 'a.nl'])(
  '%s is as it should be',
  (domain) => {
    expect(suggestDomain(domain)).toBeUndefined();
  },
);

test('roles are told from people', () => {
  expect(['info@a.nl', 'no-reply@b.nl', 'reservas@c.es'].map(isRoleAddress)).toEqual([true, true, true]);
  expect(['jan@a.nl', 'information@a.nl'].map(isRoleAddress)).toEqual([false, false]);
});
