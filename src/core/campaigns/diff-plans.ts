import { canonicalJson } from '../canonical-json.ts';
import { compareBytes } from '../compare-bytes.ts';
import { createCompressedList } from '../compressed-list.ts';
import { ReferralError } from '../errors.ts';
import type { PlanPerson } from './plan-people.ts';
import type { PlanFileReader, PlanHead } from './read-plan-file.ts';

/** Somebody for whom two plans differ. */
export interface PersonDifference {
  readonly customer_id: string;
  /** `came`: is mailed now and was not. `left`: the other way round. `changed`: another address or variant, or other segments or scores that the template asks for. */
  readonly change: 'came' | 'left' | 'changed';
  /** The variant, the reason of the exclusion, or null for who is not in the audience. */
  readonly before: string | null;
  readonly now: string | null;
  readonly why: string;
}

export interface PlanDifference {
  readonly campaign: string;
  readonly same: boolean;
  readonly before: Omit<PlanHead, 'campaign' | 'basis'>;
  readonly now: Omit<PlanHead, 'campaign' | 'basis'>;
  readonly came: number;
  readonly left: number;
  readonly changed: number;
  /** Excluded then and now, or not in the audience, for another reason than before. */
  readonly excluded_otherwise: number;
  /** What else is not as it was: `template`, `subject`, `sender` … */
  readonly content: readonly string[];
  readonly because: Readonly<Record<string, number>>;
}

const NOBODY = 'not_in_audience';

/**
 * Who is mailed by one plan and not by the other, and why. Both are read once, in the order of `customer_id`; what
 * differs is kept compressed. Throws `input_unusable` when the older one is of another campaign or not in order.
 */
export async function diffPlans(
  old: PlanFileReader,
  now: PlanHead,
  people: Iterable<PlanPerson>,
): Promise<{ readonly summary: PlanDifference; readonly list: () => Generator<PersonDifference> }> {
  const differences = createCompressedList<PersonDifference>();
  const counts = { came: 0, left: 0, changed: 0, excluded_otherwise: 0 };
  const because = new Map<string, number>();
  for await (const [before, after] of pair(inOrder(old.people), people)) {
    const difference = compare(before, after);
    if (difference === undefined) continue;
    if (difference === 'excluded_otherwise') counts.excluded_otherwise += 1;
    else {
      counts[difference.change] += 1;
      const key = `${difference.change}: ${difference.why}`;
      because.set(key, (because.get(key) ?? 0) + 1);
      differences.add(difference);
    }
  }
  const head = old.head();
  if (head.campaign !== now.campaign) {
    throw new ReferralError('input_unusable', `it is the plan of campaign "${head.campaign}"`, {
      hint: `Compare it with: referral campaigns plan ${head.campaign} --diff FILE`,
    });
  }
  const summary = {
    campaign: now.campaign,
    same: head.digest === now.digest,
    before: figuresOf(head),
    now: figuresOf(now),
    ...counts,
    content: diffBasis(head.basis, now.basis),
    because: Object.fromEntries([...because].sort(([left], [right]) => compareBytes(left, right))),
  };
  return { summary, list: () => differences.list() };
}

async function* inOrder(people: AsyncIterable<PlanPerson>): AsyncGenerator<PlanPerson> {
  let last = '';
  for await (const person of people) {
    if (compareBytes(last, person.customer_id) >= 0) {
      throw new ReferralError('input_unusable', 'the people of the older plan are not in order', {
        reason: `${person.customer_id} comes after ${last}`,
        hint: 'Compare with the file as campaigns plan has written it.',
      });
    }
    last = person.customer_id;
    yield person;
  }
}

/** Both lists side by side, each person once. */
async function* pair(
  older: AsyncGenerator<PlanPerson>,
  newer: Iterable<PlanPerson>,
): AsyncGenerator<readonly [PlanPerson | undefined, PlanPerson | undefined]> {
  const take = async (): Promise<PlanPerson | undefined> => {
    const next = await older.next();
    return next.done === true ? undefined : next.value;
  };
  let before = await take();
  for (const now of newer) {
    while (before !== undefined && compareBytes(before.customer_id, now.customer_id) < 0) {
      yield [before, undefined];
      before = await take();
    }
    if (before?.customer_id === now.customer_id) {
      yield [before, now];
      before = await take();
    } else yield [undefined, now];
  }
  for (; before !== undefined; before = await take()) yield [before, undefined];
}

function compare(
  before: PlanPerson | undefined,
  now: PlanPerson | undefined,
): PersonDifference | 'excluded_otherwise' | undefined {
  const customer_id = before?.customer_id ?? now?.customer_id ?? '';
  const places = { before: placeOf(before), now: placeOf(now) };
  const was = before?.variant !== undefined;
  const is = now?.variant !== undefined;
  if (was && is) {
    if (before.variant !== now.variant)
      return { customer_id, change: 'changed', ...places, why: 'another variant' };
    if (before.address !== now.address)
      return { customer_id, change: 'changed', ...places, why: 'another address' };
    return before.chosen_by === now.chosen_by
      ? undefined
      : { customer_id, change: 'changed', ...places, why: 'other segments or scores' };
  }
  if (is) return { customer_id, change: 'came', ...places, why: `was ${before?.excluded ?? NOBODY}` };
  if (was) return { customer_id, change: 'left', ...places, why: now?.excluded ?? NOBODY };
  return before?.excluded === now?.excluded ? undefined : 'excluded_otherwise';
}

function placeOf(person: PlanPerson | undefined): string | null {
  return person?.variant ?? person?.excluded ?? null;
}

function figuresOf({ digest, audience, recipients }: PlanHead): PlanDifference['now'] {
  return { digest, audience, recipients };
}

function diffBasis(before: PlanHead['basis'], now: PlanHead['basis']): readonly string[] {
  const keys = [...new Set([...Object.keys(before ?? {}), ...Object.keys(now ?? {})])].sort();
  if (before === undefined || now === undefined) return [];
  return keys.filter((key) => canonicalJson(before[key] ?? null) !== canonicalJson(now[key] ?? null));
}
