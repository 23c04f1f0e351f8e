import { expect, it } from 'vitest';
import { personName } from './person-name.ts';

it('shows the first name and an initial, and never an address', () => {
  expect(personName('Anna', 'bakker')).toBe('Anna B.');
  expect(personName('  Jan  Willem ', null)).toBe('Jan Willem');
  expect(personName('Åsa', 'Ångström')).toBe('Åsa Å.');
  expect(personName('anna@example.test', 'B')).toBe('Participant');
  expect(personName('Anna', 'anna@example.test')).toBe('Anna');
  expect(personName(null, 'Bakker')).toBe('Participant');
});
