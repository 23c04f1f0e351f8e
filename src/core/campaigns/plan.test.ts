import { describe, expect, it } from 'vitest';
import { createPlanBuilder, type PlanBasis } from './plan.ts';

const basis: PlanBasis = {
  campaign: 'launch',
  contest: 'summer',
  rules_sha256: 'r',
  template: { name: 'launch', version: 1, sha256: 't' },
  subject: null,
  variants: [
    { name: 'a', subject: 'A' },
    { name: 'b', subject: 'B' },
  ],
  audience: [],
  quiet_hours: null,
  sender: { from_email: 'x@example.test' },
};

function build(over: Partial<PlanBasis> = {}, third: 'suppressed' | 'withdrawn' = 'suppressed') {
  const builder = createPlanBuilder({ ...basis, ...over });
  builder.include('C-1', 'one@x.nl', 'a');
  builder.include('C-2', 'two@x.nl', 'b');
  builder.exclude('C-3', third);
  return builder.finish();
}

describe('a plan', () => {
  it('counts everyone of the audience once', () => {
    const plan = build();
    expect(plan).toMatchObject({ audience: 3, recipients: 2, excluded: { suppressed: 1 } });
    expect(plan.variants).toEqual([
      { name: 'a', recipients: 1 },
      { name: 'b', recipients: 1 },
    ]);
  });

  it('has the same digest for the same people and content', () => {
    expect(build().digest).toBe(build().digest);
    expect(build().digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each<[string, () => { digest: string }]>([
    ['the template', () => build({ template: { name: 'launch', version: 1, sha256: 'other' } })],
    ['the rules', () => build({ rules_sha256: 'other' })],
    ['a subject', () => build({ subject: 'New' })],
    ['the sender', () => build({ sender: { from_email: 'y@example.test' } })],
    ['the reason of an exclusion', () => build({}, 'withdrawn')],
    [
      'an address',
      () => {
        const builder = createPlanBuilder(basis);
        builder.include('C-1', 'one@x.nl', 'a');
        builder.include('C-2', 'other@x.nl', 'b');
        builder.exclude('C-3', 'suppressed');
        return builder.finish();
      },
    ],
  ])('has another digest when %s changes', (_, other) => {
    expect(other().digest).not.toBe(build().digest);
  });
});
