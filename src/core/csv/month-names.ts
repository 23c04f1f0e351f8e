// From January on, in English, Dutch, German, French and Spanish, long and short, without accents.
const NAMES: readonly (readonly string[])[] = [
  ['january', 'jan', 'januari', 'januar', 'janner', 'janvier', 'janv', 'enero', 'ene'],
  ['february', 'feb', 'februari', 'februar', 'fevrier', 'fevr', 'fev', 'febrero'],
  ['march', 'mar', 'maart', 'mrt', 'marz', 'maerz', 'mrz', 'mars', 'marzo'],
  ['april', 'apr', 'avril', 'avr', 'abril', 'abr'],
  ['may', 'mei', 'mai', 'mayo'],
  ['june', 'jun', 'juni', 'juin', 'junio'],
  ['july', 'jul', 'juli', 'juillet', 'juil', 'julio'],
  ['august', 'aug', 'augustus', 'aout', 'agosto', 'ago'],
  ['september', 'sep', 'sept', 'septembre', 'septiembre', 'setiembre', 'set'],
  ['october', 'oct', 'oktober', 'okt', 'octobre', 'octubre'],
  ['november', 'nov', 'novembre', 'noviembre'],
  ['december', 'dec', 'dezember', 'dez', 'decembre', 'diciembre', 'dic'],
];
const NUMBERS = new Map(
  NAMES.flatMap((names, index) => names.map((name) => [name, String(index + 1)] as const)),
);

/** `July`, `juil.`, `MÄRZ` → `7`, `7`, `3`; undefined for what is no month. */
export function findMonth(name: string): string | undefined {
  const key = name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^\p{L}]/gu, '');
  return NUMBERS.get(key);
}
