// Words that belong to the family name that follows them, in the languages of our headers and around.
const PARTICLES = new Set([
  ...[
    'van',
    'de',
    'den',
    'der',
    'ter',
    'ten',
    "'t",
    '’t',
    "'s",
    'vander',
    'vanden',
    'von',
    'zu',
    'zum',
    'zur',
    'vom',
  ],
  ...['du', 'des', 'le', 'la', 'les', "d'", 'da', 'dos', 'di', 'del', 'della', 'dello', 'los', 'las', 'ibn'],
]);
// These are given or family names as well: they are particles only in lower case.
const PARTICLES_IN_LOWER_CASE = new Set([
  ...[
    'te',
    'het',
    'op',
    'in',
    'am',
    'und',
    'das',
    'do',
    'y',
    'el',
    'al',
    'bin',
    'bint',
    'af',
    'av',
    'e',
    'i',
    'aan',
    'tot',
    'onder',
  ],
]);
// They join two family names: `Ortega y Gasset`.
const CONJUNCTIONS = new Set(['y', 'e', 'i']);
const TITLES = new Set([
  ...[
    'mr',
    'mrs',
    'ms',
    'miss',
    'dr',
    'prof',
    'ir',
    'drs',
    'ing',
    'dhr',
    'mevr',
    'mw',
    'mevrouw',
    'meneer',
    'herr',
    'frau',
  ],
  ...['mme', 'mlle', 'monsieur', 'madame', 'srta', 'sra', 'señor', 'señora', 'sir', 'med'],
]);
const SUFFIX = /^(?:jr|sr|ii|iii|iv|phd|md|msc|bsc|mba)\.?$/i;

/**
 * A full name as first and last name: `Jan van den Berg` → `Jan`, `van den Berg`; `Berg, Jan van den` → the same. Titles before the name
 * are left out, `Jr.` and the like stay with the last name. Of several first names all but the last word count as first, so that a second
 * family name without a `y` between is told from a first name by a comma or columns only. A single word is a first name.
 */
export function splitName(name: string): { first_name: string; last_name: string | null } {
  const parts = name
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const isSuffixed = parts.length > 1 && SUFFIX.test(parts.at(-1) ?? '');
  const suffix = isSuffixed ? (parts.pop() ?? '') : '';
  const [family = '', rest, ...more] = parts;
  if (rest !== undefined && more.length === 0) return splitReversed(family, rest, suffix);
  return splitStraight(withoutTitles(wordsOf(parts.join(', '))), suffix);
}

function splitStraight(
  words: readonly string[],
  suffix: string,
): { first_name: string; last_name: string | null } {
  const suffixed = words.length > 2 && SUFFIX.test(words.at(-1) ?? '') ? 1 : 0;
  const isParticle = particlesOf(words);
  const particle = words.findIndex(
    (word, index) => index > 0 && index < words.length - 1 - suffixed && isParticle(word),
  );
  const joins = particle > 1 && CONJUNCTIONS.has(words[particle]?.toLowerCase() ?? '');
  const at = particle === -1 ? Math.max(1, words.length - 1 - suffixed) : particle - (joins ? 1 : 0);
  const last = [...words.slice(at), suffix].filter((word) => word !== '').join(' ');
  return { first_name: words.slice(0, at).join(' '), last_name: last || null };
}

function splitReversed(
  family: string,
  rest: string,
  suffix: string,
): { first_name: string; last_name: string | null } {
  const words = withoutTitles(wordsOf(rest));
  const isParticle = particlesOf(words);
  const particle = words.findIndex((word, index) => index > 0 && isParticle(word));
  const given = particle === -1 ? words : words.slice(0, particle);
  const particles = particle === -1 ? [] : words.slice(particle);
  const last = [...particles, family, suffix].filter((word) => word !== '').join(' ');
  return { first_name: given.join(' '), last_name: last };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `Dr. med. Anna Schmidt` → `Anna Schmidt`; a title with one word after it stays. */
function withoutTitles(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length - 2 && TITLES.has((words[at] ?? '').toLowerCase().replace(/\.$/, ''))) at += 1;
  return words.slice(at);
}

/** In a name that is all capitals, case says nothing. */
function particlesOf(words: readonly string[]): (word: string) => boolean {
  const isShouted = words.every((word) => word === word.toUpperCase());
  return (word) => {
    const lower = word.toLowerCase();
    return PARTICLES.has(lower) || (PARTICLES_IN_LOWER_CASE.has(lower) && (isShouted || word === lower));
  };
}
