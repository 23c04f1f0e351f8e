import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../compare-bytes.ts';
import { diffPlans } from './diff-plans.ts';
import type { PlanPerson } from './plan-people.ts';
import { readPlanFile } from './read-plan-file.ts';

const DIGESTS = { old: 'a'.repeat(64), now: 'b'.repeat(64) };

function headOf(digest: string, people: readonly PlanPerson[], basis: object = {}) {
  const recipients = people.filter(({ variant }) => variant !== undefined).length;
  return { campaign: 'july', digest, audience: people.length, recipients, basis: { ...basis } };
}

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += size) yield text.slice(from, from + size);
}

async function diff(old: readonly PlanPerson[], now: readonly PlanPerson[], size = 7, indent?: number) {
  const text = JSON.stringify({ ...headOf(DIGESTS.old, old), people: old, last: ['{', '"'] }, null, indent);
  const { summary, list } = await diffPlans(
    readPlanFile('old.json', inPieces(text, size)),
    headOf(DIGESTS.now, now),
    now,
  );
  return { summary, people: [...list()] };
}

const person = fc.oneof(
  fc.record({ variant: fc.constantFrom('a', 'b'), address: fc.constantFrom('x', 'y') }),
  fc.record({ excluded: fc.constantFrom('withdrawn', 'no_consent') }),
);
const id = fc.stringMatching(/^[A-Z"\\{}[\],é😀]{1,3}$/u);
const plan = fc.dictionary(id, person).map((entries) =>
  Object.entries(entries)
    .map(([customer_id, rest]) => ({ customer_id, ...rest }))
    .sort((left, right) => compareBytes(left.customer_id, right.customer_id)),
);

describe('the difference of two plans', () => {
  it('names who came, who left and whose mail is another one, and why', async () => {
    const old = [
      { customer_id: 'C-1', variant: 'a', address: 'x' },
      { customer_id: 'C-2', variant: 'a', address: 'x' },
      { customer_id: 'C-3', excluded: 'no_consent' },
      { customer_id: 'C-4', variant: 'a', address: 'x' },
      { customer_id: 'C-5', excluded: 'no_consent' },
      { customer_id: 'C-7', variant: 'a', address: 'x' },
    ];
    const now = [
      { customer_id: 'C-1', variant: 'a', address: 'x' },
      { customer_id: 'C-2', excluded: 'withdrawn' },
      { customer_id: 'C-3', variant: 'b', address: 'x' },
      { customer_id: 'C-4', variant: 'a', address: 'y' },
      { customer_id: 'C-5', excluded: 'suppressed' },
      { customer_id: 'C-6', variant: 'a', address: 'x' },
    ];
    const { summary, people } = await diff(old, now);
    expect(people).toEqual([
      { customer_id: 'C-2', change: 'left', before: 'a', now: 'withdrawn', why: 'withdrawn' },
      { customer_id: 'C-3', change: 'came', before: 'no_consent', now: 'b', why: 'was no_consent' },
      { customer_id: 'C-4', change: 'changed', before: 'a', now: 'a', why: 'another address' },
      { customer_id: 'C-6', change: 'came', before: null, now: 'a', why: 'was not_in_audience' },
      { customer_id: 'C-7', change: 'left', before: 'a', now: null, why: 'not_in_audience' },
    ]);
    expect(summary).toMatchObject({ same: false, came: 2, left: 2, changed: 1, excluded_otherwise: 1 });
    expect(summary.because).toMatchObject({ 'left: withdrawn': 1, 'came: was no_consent': 1 });
  });

  it('makes the new plan of the old one, however the file is written and cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        plan,
        plan,
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom(0, 2),
        async (old, now, size, indent) => {
          const recipients = (people: readonly PlanPerson[]): Set<string> =>
            new Set(people.flatMap((one) => (one.variant === undefined ? [] : [one.customer_id])));
          const { people, summary } = await diff(old, now, size, indent);
          const mailed = recipients(old);
          for (const { customer_id, change } of people) {
            if (change === 'left') expect(mailed.delete(customer_id)).toBe(true);
            if (change === 'came') expect(mailed.has(customer_id)).toBe(false);
            if (change === 'came') mailed.add(customer_id);
          }
          expect(mailed).toEqual(recipients(now));
          expect(summary.now.recipients - summary.before.recipients).toBe(summary.came - summary.left);
        },
      ),
    );
  });

  it.each([
    ['no JSON', 'hello', /not JSON/],
    ['half a plan', '{"campaign":"july","people":[{"customer_id":"C-1"', /not JSON/],
    ['no plan', '{"rows":3}', /not what campaigns plan/],
    ['people that are none', `{"people":[1],"digest":"${DIGESTS.old}"}`, /an entry of its people/],
    ['no people', JSON.stringify(headOf(DIGESTS.old, [])), /it has no people/],
  ])('refuses %s', async (_, text, reason) => {
    const reader = readPlanFile('old.json', inPieces(text, 5));
    await expect(diffPlans(reader, headOf(DIGESTS.now, []), [])).rejects.toMatchObject({
      code: 'input_unusable',
      reason: expect.stringMatching(reason),
    });
  });

  it('refuses people out of order, and the plan of another campaign', async () => {
    const people = [
      { customer_id: 'C-2', excluded: 'x' },
      { customer_id: 'C-1', excluded: 'x' },
    ];
    await expect(diff(people, [])).rejects.toMatchObject({ reason: 'C-1 comes after C-2' });
    const other = JSON.stringify({ ...headOf(DIGESTS.old, []), campaign: 'june', people: [] });
    const reader = readPlanFile('old.json', inPieces(other, 9));
    await expect(diffPlans(reader, headOf(DIGESTS.now, []), [])).rejects.toThrow(/campaign "june"/);
  });
});
