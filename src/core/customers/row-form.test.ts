import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRowForm, parseRows, spellValue } from './row-form.ts';

test.for(['copy', 'jsonb'] as const)('texts come back from the form %s as they were', (name) => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('a\\', '\\N', 'a\tb', '\r\n', '[]', 'é', 'BR-1', '~ '),
  );
  const form = createRowForm(name, []);
  fc.assert(
    fc.property(fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (rows) => {
      const spelt = rows.map((row) => form.row(row.map((value) => spellValue(form, value)))).join('');
      const bytes = Buffer.from('\0'.repeat(form.headerLength) + spelt, 'latin1');
      form.finish(bytes);
      expect(parseRows(name, bytes)).toEqual(rows);
    }),
  );
});
