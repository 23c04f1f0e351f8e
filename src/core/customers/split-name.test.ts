import { expect, test } from 'vitest';
import { splitName } from './split-name.ts';

test.each([
  ['Jan Jansen', 'Jan', 'Jansen'],
  ['Jan van den Berg', 'Jan', 'van den Berg'],
  ['Berg, Jan van den', 'Jan', 'van den Berg'],
  ['María de la Cruz', 'María', 'de la Cruz'],
  ['Anna Maria Schmidt', 'Anna Maria', 'Schmidt'],
  ['Otto von der Heide', 'Otto', 'von der Heide'],
  ['Cher', 'Cher', null],
  ['Müller, Jürgen', 'Jürgen', 'Müller'],
])('%s', (name, first_name, last_name) => {
  expect(splitName(name)).toEqual({ first_name, last_name });
});
