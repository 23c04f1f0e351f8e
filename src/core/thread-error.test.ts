import { expect, test } from 'vitest';
import { ReferralError } from './errors.ts';
import { packError, unpackError } from './thread-error.ts';

// What a message between threads does to it.
const across = (error: unknown): Error => unpackError(structuredClone(packError(error)));

test('an error that is meant for people says the same on the other thread', () => {
  const context = { reason: 'line 3', hint: 'Mend it.', details: { line: 3, columns: ['email'] } };
  const { code, message, reason, hint, details } = across(
    new ReferralError('input_unusable', 'The file is broken', context),
  ) as ReferralError;
  expect({ code, message, reason, hint, details }).toEqual({
    ...{ code: 'input_unusable', message: 'The file is broken' },
    ...context,
  });
  expect(across(new ReferralError('locked', 'Busy'))).toMatchObject({
    reason: undefined,
    hint: undefined,
    details: {},
  });
});

test('a bug stays a bug, with where it was', () => {
  const bug = across(new TypeError('no such thing'));
  expect(bug).not.toBeInstanceOf(ReferralError);
  expect(bug.message).toContain('thread-error.test.ts');
  expect(across('thrown text').message).toBe('thrown text');
});
