import { expect, test } from 'vitest';
import type { CsvRecord } from '../csv/csv-file.ts';
import { beginBatch, cutBatches, type Gathering } from './import-batch.ts';
import { createRowForm } from './row-form.ts';

const form = createRowForm('copy', []);

async function* listPieces(pieces: number, raw: string): AsyncGenerator<readonly CsvRecord[]> {
  for (let line = 1; line <= pieces; line += 1) yield [{ line, cells: [], raw }];
}

/** Keeps rows in the payload, or beside it. */
function gather(beside: boolean): Gathering<number, readonly CsvRecord[]> {
  let rows = 0;
  let held = 0;
  return {
    add(records, payload) {
      rows += records.length;
      const text = records.map(({ raw }) => raw).join('');
      if (beside) held += text.length;
      else payload.addByteText(text);
    },
    rows: () => rows,
    held: () => held,
    finish: () => rows,
  };
}

test.for([
  { beside: false, where: 'in the payload' },
  { beside: true, where: 'beside it, as refused ones are' },
])('a batch ends with the rows that fill it, whether they are $where', async ({ beside }) => {
  const raw = 'x'.repeat(400_000);
  const batches: number[] = [];
  for await (const rows of cutBatches(listPieces(7, raw), 4_000, () => beginBatch(gather(beside), form))) {
    batches.push(rows);
  }
  expect(batches).toEqual([5, 2]);
});
