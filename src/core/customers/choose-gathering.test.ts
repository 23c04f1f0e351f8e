import { expect, test } from 'vitest';
import { chooseGathering } from './choose-gathering.ts';

/** What is asked for while so many batches come as asked, of which `isNew` says whether most rows differ. */
function play(batches: number, isNew: (batch: number) => boolean): string {
  let asked = '';
  const gathering = chooseGathering({
    gather: (kind) => {
      asked = kind;
    },
  });
  let played = '';
  for (let batch = 0; batch < batches; batch += 1) {
    played += asked === 'hashes' ? 'h' : 'r';
    if (asked === 'hashes') gathering.tookHashes(isNew(batch) ? 30 : 25, 100);
    else gathering.tookRows();
  }
  return played;
}

test('takes hashes as long as few rows differ', () => {
  expect(play(30, () => false)).toBe('h'.repeat(30));
});

test('takes hashes again after a beginning that differs', () => {
  expect(play(30, (batch) => batch < 3)).toBe(`h${'r'.repeat(4)}${'h'.repeat(25)}`);
});

test('tries less and less often in a file of which most differs', () => {
  expect(play(100, () => true)).toBe(
    `h${'r'.repeat(4)}h${'r'.repeat(16)}h${'r'.repeat(64)}h${'r'.repeat(12)}`,
  );
});

test('is not moved by hashes that were on their way', () => {
  const asked: string[] = [];
  const gathering = chooseGathering({ gather: (kind) => asked.push(kind) });
  for (let batch = 0; batch < 5; batch += 1) gathering.tookHashes(100, 100);
  expect(asked).toEqual(['hashes', 'rows']);
});
