import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BinaryType } from '../database/binary-rows.ts';
import { GrowingBytes } from '../growing-bytes.ts';
import { toInstant } from '../time.ts';
import type { LayoutValue } from './import-layout.ts';
import { createRowForm, type FormName, parseRows, type RowForm } from './row-form.ts';

const TYPES = ['text', 'integer', 'time', 'json', 'text'] as const;
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a\\', '\\N', 'a\tb', '\r\n', '[]', 'é', 'BR-1', '~ ', 'x'.repeat(300), 'é'.repeat(70_000)),
);
const rows = fc.array(
  fc.tuple(
    fc.option(text),
    fc.option(fc.maxSafeInteger()),
    fc.option(fc.date({ noInvalidDate: true }).map((date) => toInstant(+date))),
    fc.option(fc.json()),
    text,
  ),
  { maxLength: 6 },
);

function spell(form: RowForm, type: BinaryType, value: LayoutValue): string {
  if (value === null) return form.nothing;
  if (type === 'integer') return form.number(value);
  if (type === 'time') return form.time(String(value));
  const escaped = form.escape(String(value));
  return type === 'json' ? form.json(escaped) : form.quote(escaped);
}

test.for([
  { name: 'copy', constants: [{ type: 'time', value: '2026-11-23T00:00:00.000Z' }] },
  { name: 'jsonb', constants: [] },
] as const)('values come back from the form $name as they were', ({ name, constants }) => {
  const form = createRowForm(name, constants);
  fc.assert(
    fc.property(rows, (all) => {
      const batch = new GrowingBytes(new ArrayBuffer(32), form.headerLength);
      for (const row of all)
        batch.addByteText(form.row(row.map((value, at) => spell(form, TYPES[at] ?? 'text', value))));
      form.close(batch);
      const types = [...TYPES, ...constants.map(({ type }) => type)];
      const ends = constants.map(({ value }) => value);
      expect(parseRows(name, batch.finish(), types)).toEqual(all.map((row) => [...row, ...ends]));
    }),
  );
});

test.for(['copy', 'jsonb', 'lines'] as const)('byte by byte the form %s is the same', (name: FormName) => {
  const form = createRowForm(name, [{ type: 'text', value: 'import' }]);
  const plain = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'Z', ' ', '0', '~') }),
    fc.constantFrom(...[11, 12, 255, 256, 70_000].map((length) => 'x'.repeat(length))),
  );
  fc.assert(
    fc.property(plain, fc.maxSafeInteger().map(Math.abs), (words, number) => {
      const values = new GrowingBytes(new ArrayBuffer(8));
      const places = [0];
      const end = () => places.push(values.length);
      form.openText(values, words.length);
      values.addByteText(words);
      end();
      form.addNumber(values, number);
      end();
      form.openJson(values, words.length + 2);
      values.addByteText(`"${words}"`);
      end();
      const row = new GrowingBytes(new ArrayBuffer(8));
      form.openRow(row, 3, values.length);
      for (let value = 0; value < 3; value += 1) {
        if (value > 0 && form.separator !== undefined) row.addByte(form.separator);
        row.addBytes(values.bytes, places[value] ?? 0, places[value + 1] ?? 0);
      }
      form.closeRow(row);
      const spelt = form.row([form.quote(words), form.number(number), form.json(`"${words}"`)]);
      expect(Buffer.from(row.finish()).toString('latin1')).toBe(spelt);
    }),
  );
});

test('what is no time is refused', () => {
  expect(() => createRowForm('copy').time('soon')).toThrow('"soon" is no time');
});
