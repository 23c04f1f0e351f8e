/** The usual names of groups by recency, frequency and monetary value, best first. */
export const RFM_SEGMENTS = [
  'rfm_champions',
  'rfm_loyal_customers',
  'rfm_potential_loyalists',
  'rfm_new_customers',
  'rfm_promising',
  'rfm_need_attention',
  'rfm_about_to_sleep',
  'rfm_at_risk',
  'rfm_cannot_lose_them',
  'rfm_hibernating',
] as const;
export type RfmSegment = (typeof RFM_SEGMENTS)[number];

/*
 * The map that most programs use: rows are quintiles of recency, 1 the longest ago; columns those of frequency and monetary value, 1 the least.
 */
const MAP: readonly (readonly RfmSegment[])[] = [
  ['rfm_hibernating', 'rfm_hibernating', 'rfm_at_risk', 'rfm_at_risk', 'rfm_cannot_lose_them'],
  ['rfm_hibernating', 'rfm_hibernating', 'rfm_at_risk', 'rfm_at_risk', 'rfm_cannot_lose_them'],
  [
    'rfm_about_to_sleep',
    'rfm_about_to_sleep',
    'rfm_need_attention',
    'rfm_loyal_customers',
    'rfm_loyal_customers',
  ],
  [
    'rfm_promising',
    'rfm_potential_loyalists',
    'rfm_potential_loyalists',
    'rfm_loyal_customers',
    'rfm_loyal_customers',
  ],
  [
    'rfm_new_customers',
    'rfm_potential_loyalists',
    'rfm_potential_loyalists',
    'rfm_champions',
    'rfm_champions',
  ],
];

/** The segment of quintiles 1 to 5: of recency, and of the mean of those of frequency and monetary value, rounded up. */
export function rfmSegment(recency: number, value: number): RfmSegment {
  const segment = MAP[recency - 1]?.[value - 1];
  if (segment === undefined) throw new RangeError(`there are no quintiles ${recency} and ${value}`);
  return segment;
}

/** Is this the name of a segment by RFM? */
export function isRfmSegment(name: string): name is RfmSegment {
  return (RFM_SEGMENTS as readonly string[]).includes(name);
}

/** Which quintiles make a segment, for people. */
export function describeRfmSegment(name: RfmSegment): string {
  const pairs = MAP.flatMap((row, recency) =>
    row.flatMap((segment, value) => (segment === name ? [`${recency + 1}-${value + 1}`] : [])),
  );
  return `quintiles of recency and of value (frequency and spend): ${pairs.join(', ')}`;
}
