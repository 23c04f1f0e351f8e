import { type AddressCounts, addCounts } from './address-counter.ts';
import type { RowOptions, RowSource } from './cell-steps.ts';
import type { ImportLayout } from './import-layout.ts';
import { createPlainRowWriter, type PlainRowWriter } from './plain-row-writer.ts';
import type { RowForm } from './row-form.ts';
import type { RowHashes } from './row-hash.ts';
import { planRows } from './row-plan.ts';
import { createTextRowWriter, type TextRowWriter } from './text-row-writer.ts';

/** Turns the rows of one file into bytes for the database: those that came as records, and those that came as bytes. */
export interface RowWriter {
  readonly layout: ImportLayout;
  readonly form: RowForm;
  readonly text: TextRowWriter;
  readonly plain: PlainRowWriter;
  /** Of all rows that were written or hashed. */
  addresses(): AddressCounts;
}

/** A writer for the rows of one file, in its layout and the form. */
export function createRowWriter(
  source: RowSource,
  form: RowForm,
  options: RowOptions,
  hashes: RowHashes,
): RowWriter {
  const plan = planRows(source, form, options, hashes);
  const text = createTextRowWriter(plan);
  const plain = createPlainRowWriter(plan);
  return {
    ...{ layout: plan.layout, form, text, plain },
    addresses: () => addCounts(plan.addresses.counts(), plain.addresses()),
  };
}
