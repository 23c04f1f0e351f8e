import fc from 'fast-check';
import { Liquid } from 'liquidjs';
import { describe, expect, it } from 'vitest';
import { fillMail, templateOf } from '../../../test/template-fixture.ts';
import { compileMessage } from './compile-message.ts';

// What the slot language shares with Liquid must mean the same as in Liquid.
const names = ['first_name', 'code', 'tier', 'points'] as const;
const word = fc.stringMatching(/^[A-Za-z ,.!]{0,8}$/);
const output = fc
  .record({ name: fc.constantFrom(...names), fallback: fc.option(word) })
  .map(({ name, fallback }) =>
    fallback === null ? `{{ ${name} }}` : `{{${name} | default: "${fallback}"}}`,
  );
const condition = fc.oneof(
  fc.constantFrom(...names),
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom('==', '!='), word)
    .map(([name, operator, text]) => `${name} ${operator} "${text}"`),
  fc
    .tuple(fc.constantFrom('==', '!=', '<', '>', '<=', '>='), fc.integer({ min: 0, max: 4 }))
    .map(([operator, number]) => `points ${operator} ${number}`),
  fc.constantFrom(
    'tier contains "a"',
    'points == blank',
    'not code',
    'code and tier or points',
    'tier < code',
  ),
  fc
    .tuple(fc.constantFrom('and', 'or'), fc.constantFrom(...names))
    .map(([joint, name]) => `code ${joint} ${name}`),
);
const { template } = fc.letrec<{ template: string; block: string }>((tie) => ({
  template: fc
    .array(fc.oneof({ depthSize: 'small', withCrossShrink: true }, word, output, tie('block')), {
      maxLength: 5,
    })
    .map((pieces) => pieces.join('')),
  block: fc
    .tuple(condition, tie('template'), fc.option(tie('template')), fc.boolean())
    .map(([test, yes, no, negated]) => {
      const tag = negated ? 'unless' : 'if';
      return `{% ${tag} ${test} %}${yes}${no === null ? '' : `{% else %}${no}`}{% end${tag} %}`;
    }),
}));
// Zero is a value here and none to Liquid's `default`.
const values = fc.record(
  { first_name: word, code: word, tier: word, points: fc.integer({ min: 1, max: 3 }) },
  { requiredKeys: [] },
);

describe('the joined pieces of a subject', () => {
  it('equal what Liquid renders as a whole', async () => {
    const liquid = new Liquid({ jsTruthy: true, ownPropertyOnly: true });
    await fc.assert(
      fc.asyncProperty(template, values, async (subject, given) => {
        const program = await compileMessage(templateOf('<mj-text>x</mj-text>'), { subject });
        expect(fillMail(program, given).subject).toBe(await liquid.parseAndRender(subject, given));
      }),
      { numRuns: 200 },
    );
  });
});
