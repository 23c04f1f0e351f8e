import { nearest } from '../did-you-mean.ts';
import { type AskedSegments, FAMILIES } from '../templates/asked-segments.ts';
import type { KnownSegments } from '../templates/segment-values.ts';
import type { Instant } from '../time.ts';
import type { BlockCounts } from './count-blocks.ts';
import { type PlanCheck, passed, refused, warned } from './plan-check.ts';

const OLD_DAYS = 30;
const DAY_MS = 86_400_000;
const SCORE = 'referral segments score';

/** Is everything there that the template chooses by: each segment scored, each model promoted and asked about everyone? */
export function checkSegments(
  asked: AskedSegments,
  known: KnownSegments,
  { unscored }: Pick<BlockCounts, 'unscored'>,
  now: Instant,
): readonly PlanCheck[] {
  const problem = findUnknown(asked, known);
  if (problem !== undefined) return [refused('segments', ...problem)];
  const [model, count = 0] = Object.entries(unscored)[0] ?? [];
  if (model !== undefined) {
    const message = `${count} ${count === 1 ? 'recipient has' : 'recipients have'} no score of ${model}; no condition on it is met for them`;
    return [warned('segments', message, `Score everyone again: ${SCORE} --model ${model}`)];
  }
  const oldest = listScorings(asked, known).toSorted()[0] ?? now;
  const days = Math.floor((Date.parse(now) - Date.parse(oldest)) / DAY_MS);
  if (days > OLD_DAYS)
    return [warned('segments', `segments or scores are ${days} days old`, `Score again: ${SCORE}`)];
  return [passed('segments', `as scored on ${oldest.slice(0, 10)}`)];
}

/** What is wrong, and what to do. */
function findUnknown(
  { families, segments, models }: AskedSegments,
  known: KnownSegments,
): readonly [string, string] | undefined {
  const unscored = families.find((family) => FAMILIES[family].every((name) => !known.segments.has(name)));
  if (unscored !== undefined)
    return [`the template asks for ${unscored}, and nobody was scored`, `Score everyone: ${SCORE}`];
  const segment = segments.find((name) => !known.segments.has(name));
  if (segment !== undefined) {
    const names = [...known.segments.keys(), ...Object.values(FAMILIES).flat()];
    const isRule = Object.values(FAMILIES).some((family) => (family as readonly string[]).includes(segment));
    return [
      `the template asks for segments.${segment}, ${isRule ? 'and nobody was scored' : 'which is no segment'}`,
      isRule
        ? `Score everyone: ${SCORE}`
        : meant(segment, names, `Save it: referral segments save ${segment} --where "…"; then: ${SCORE}`),
    ];
  }
  const model = models.find((name) => typeof known.models.get(name) !== 'string');
  if (model === undefined) return undefined;
  const what = `the template asks for scores.${model}, `;
  if (!known.models.has(model))
    return [
      `${what}which is no model`,
      meant(model, [...known.models.keys()], 'See: referral segments models list'),
    ];
  return known.models.get(model) === null
    ? [`${what}and its promoted version has scored nobody`, `Score everyone: ${SCORE} --model ${model}`]
    : [`${what}of which no version was promoted`, `Promote one: referral segments models promote ${model}`];
}

function meant(name: string, names: readonly string[], fallback: string): string {
  const candidate = nearest(name, names);
  return candidate === undefined ? fallback : `Did you mean "${candidate}"?`;
}

function listScorings({ families, segments, models }: AskedSegments, known: KnownSegments): Instant[] {
  const names = [...families.flatMap((family) => FAMILIES[family]), ...segments];
  const scorings = [
    ...names.map((name) => known.segments.get(name)),
    ...models.map((name) => known.models.get(name)),
  ];
  return scorings.filter((scoring) => typeof scoring === 'string');
}
