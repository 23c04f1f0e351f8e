import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCellMemory, recall } from './remember-cells.ts';

function rememberCells(read: (cell: string) => string): (cell: string) => string {
  const memory = createCellMemory(read);
  return (cell) => recall(memory, cell);
}

test('gives for every cell what reading it gives, however often it comes', () => {
  const cell = fc.oneof(
    fc.string({ maxLength: 4 }),
    // The letters that decide the place are the same in these.
    fc.constantFrom('aXcdefghijkl', 'aYcdefghijkl', 'aZcdefghijkl'),
    fc.constantFrom('2020-01-02', '2020-02-01', 'golden', 'x'.repeat(200), ''),
  );
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 200 }), (cells) => {
      const read = (text: string) => `<${text}>`;
      const remembered = rememberCells(read);
      expect(cells.map(remembered)).toEqual(cells.map(read));
    }),
  );
});

test('reads what repeats only once, and what fails each time', () => {
  let calls = 0;
  const remembered = rememberCells((cell) => {
    calls += 1;
    if (cell === 'bad') throw new RangeError(cell);
    return cell;
  });
  for (let turn = 0; turn < 3; turn += 1) {
    remembered('gold');
    expect(() => remembered('bad')).toThrow(RangeError);
  }
  expect(calls).toBe(4);
});

test('goes on beyond what it keeps', () => {
  const remembered = rememberCells((cell) => cell.toUpperCase());
  for (let at = 0; at < 25_000; at += 1) expect(remembered(`c${at % 12_000}`)).toBe(`C${at % 12_000}`);
});
