import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { hashInput } from './hash-input.ts';

test('hands on every piece and hashes all of them', async () => {
  const pieces = ['a,b\n', 'é,2\n', Buffer.from('3,4')];
  const input = hashInput(Readable.from(pieces));
  expect(() => input.sha256()).toThrow('at its end');
  const read = await Array.fromAsync(input);
  expect(Buffer.concat(read).toString()).toBe('a,b\né,2\n3,4');
  expect(input.sha256()).toBe(createHash('sha256').update('a,b\né,2\n3,4').digest('hex'));
});

test('says no hash of an input that was left early', async () => {
  const input = hashInput(Readable.from(['a', 'b']));
  for await (const piece of input) if (piece.length > 0) break;
  expect(() => input.sha256()).toThrow('at its end');
});
