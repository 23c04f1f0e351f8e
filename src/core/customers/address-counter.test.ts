import { expect, test } from 'vitest';
import { addCounts, createAddressCounter, noteAddresses } from './address-counter.ts';

const slip = { domain: 'gmial.com', address_key: 'info@gmial.com' };
const other = { domain: 'example.com', address_key: 'jan@example.com' };

test('what is taken back counts no longer, whoever counted it', async () => {
  const [reader, writer] = [createAddressCounter(), createAddressCounter()];
  for (const address of [slip, slip, slip, other]) reader.note(address, 1);
  for (const address of [slip, other]) writer.note(address, -1);
  const counts = addCounts(reader.counts(), writer.counts());
  expect(counts.role).toBe(2);
  const suggestions = [{ domain: 'gmial.com', suggestion: 'gmail.com', rows: 2 }];
  expect(await noteAddresses(counts)).toEqual({ role: 2, disposable: 0, suggestions });
});

test('a domain of which rows were only taken back is not told', async () => {
  const counter = createAddressCounter();
  counter.note(slip, -1);
  expect((await noteAddresses(counter.counts())).suggestions).toEqual([]);
});
