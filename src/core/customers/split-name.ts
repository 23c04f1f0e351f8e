// Words that belong to the family name that follows them, in the languages of our headers.
const PARTICLES = new Set([
  ...['van', 'de', 'den', 'der', 'ter', 'ten', "'t", 'te', 'het', 'op', 'in'],
  ...['von', 'zu', 'zum', 'zur', 'vom', 'am', 'und'],
  ...[
    'du',
    'des',
    'le',
    'la',
    'les',
    "d'",
    'da',
    'dos',
    'das',
    'do',
    'di',
    'del',
    'della',
    'los',
    'las',
    'y',
    'el',
    'al',
    'bin',
    'ibn',
    'af',
    'av',
  ],
]);

/**
 * A full name as first and last name: `Jan van den Berg` → `Jan`, `van den Berg`; `Berg, Jan van den` → the same. Of several first
 * names all but the last word count as first. A single word is a first name.
 */
export function splitName(name: string): { first_name: string; last_name: string | null } {
  const comma = name.indexOf(',');
  if (comma > 0 && name.indexOf(',', comma + 1) === -1)
    return splitReversed(name.slice(0, comma), name.slice(comma + 1));
  const words = name.split(/\s+/).filter((word) => word !== '');
  const particle = words.findIndex(
    (word, index) => index > 0 && index < words.length - 1 && PARTICLES.has(word.toLowerCase()),
  );
  const at = particle === -1 ? Math.max(1, words.length - 1) : particle;
  return { first_name: words.slice(0, at).join(' '), last_name: words.slice(at).join(' ') || null };
}

function splitReversed(family: string, rest: string): { first_name: string; last_name: string | null } {
  const words = rest.trim().split(/\s+/);
  const particle = words.findIndex((word, index) => index > 0 && PARTICLES.has(word.toLowerCase()));
  const given = particle === -1 ? words : words.slice(0, particle);
  const particles = particle === -1 ? [] : words.slice(particle);
  return { first_name: given.join(' '), last_name: [...particles, family.trim()].join(' ') };
}
