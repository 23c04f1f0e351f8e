/**
 * First name and initial, `Anna B.`: what may be shown to others. An address that landed in a name column is not
 * shown; someone without a name is called `Participant`.
 */
export function personName(
  firstName: string | null | undefined,
  lastName: string | null | undefined,
): string {
  const first = clean(firstName);
  const [initial] = new Intl.Segmenter('en').segment(clean(lastName));
  if (first === '') return 'Participant';
  return initial === undefined ? first : `${first} ${initial.segment.toUpperCase()}.`;
}

function clean(text: string | null | undefined): string {
  const name = (text ?? '').replace(/\s+/gu, ' ').trim();
  return name.includes('@') ? '' : name;
}
