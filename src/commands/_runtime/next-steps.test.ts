import { expect, test } from 'vitest';
import { registry } from '../registry.ts';
import { findCommand } from './find-command.ts';
import { usualNext } from './next-steps.ts';

/** Every name that a step may speak of. */
const GIVEN = { slug: 'summer', contest: 'summer', code: 'ABCD2345', id: 7, name: 'crm', template: 'launch' };

test('every command but help itself has a next step, which begins with a command that there is', () => {
  for (const { name } of registry) {
    const [step = ''] = usualNext(name, GIVEN);
    if (step === '' && /^(help|man|init|metrics|quickstart)$/.test(name)) continue;
    expect(step, name).toMatch(/^referral /);
    const words = step.split(' ').slice(1);
    expect(() => findCommand(words, registry), step).not.toThrow();
  }
});

test('a step names what was given, and is left out where that is missing', () => {
  expect(usualNext('campaigns send', { slug: 'launch' })).toEqual(['referral campaigns status launch']);
  expect(usualNext('campaigns send', {})).toEqual([]);
});
