import { expect, test } from 'vitest';
import { splitName } from './split-name.ts';

test.each([
  ['Jan Jansen', 'Jan', 'Jansen'],
  ['Jan van den Berg', 'Jan', 'van den Berg'],
  ['Berg, Jan van den', 'Jan', 'van den Berg'],
  ['María de la Cruz', 'María', 'de la Cruz'],
  ['Anna Maria Schmidt', 'Anna Maria', 'Schmidt'],
  ['Otto von der Heide', 'Otto', 'von der Heide'],
  ['Jan Van den Berg', 'Jan', 'Van den Berg'],
  ['JAN VAN DEN BERG', 'JAN', 'VAN DEN BERG'],
  ["Geert van 't Hof", 'Geert', "van 't Hof"],
  ['Juan Carlos de la Cruz', 'Juan Carlos', 'de la Cruz'],
  ['José Ortega y Gasset', 'José', 'Ortega y Gasset'],
  ['Jean de La Fontaine', 'Jean', 'de La Fontaine'],
  ['Karl-Theodor zu Guttenberg', 'Karl-Theodor', 'zu Guttenberg'],
  ['Osama bin Laden', 'Osama', 'bin Laden'],
  ['Kim In Soo', 'Kim In', 'Soo'],
  ['Dr. med. Anna Schmidt', 'Anna', 'Schmidt'],
  ['Schmidt, Dr. Anna Maria', 'Anna Maria', 'Schmidt'],
  ['Dr. Schmidt', 'Dr.', 'Schmidt'],
  ['John Smith, Jr.', 'John', 'Smith Jr.'],
  ['John Smith III', 'John', 'Smith III'],
  ['Van', 'Van', null],
  [' ,Jan', 'Jan', null],
  ['Cher', 'Cher', null],
  ['Müller, Jürgen', 'Jürgen', 'Müller'],
])('%s', (name, first_name, last_name) => {
  expect(splitName(name)).toEqual({ first_name, last_name });
});
