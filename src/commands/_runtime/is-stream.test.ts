import { expect, test } from 'vitest';
import { isStream } from './is-stream.ts';

async function* chunks(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array();
}

test.each([
  [{ kind: 'file', content: chunks() }, true],
  [{ kind: 'list', columns: [], rows: chunks() }, true],
  [{ kind: 'live' }, true],
  [{ kind: 'file', content: new Uint8Array() }, false],
  [{ kind: 'file', content: 'text' }, false],
  [{ kind: 'list', columns: [], rows: [] }, false],
  [{ kind: 'object', data: {} }, false],
  [undefined, false],
])('tells whether the database is needed until a result is printed: %o', (result, expected) => {
  expect(isStream(result)).toBe(expected);
});
