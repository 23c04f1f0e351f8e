import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { insertRows } from './insert-rows.ts';
import { listJsonNames } from './list-json-names.ts';

const AT = '2026-06-01T00:00:00.000Z';

describeEngines('names in a column of JSON', (open) => {
  test('are all found, wherever they are, in the order of their bytes', async () => {
    const database = await open();
    expect(await listJsonNames(database.queries, 'customers', 'attributes')).toEqual([]);
    const odd = [
      '',
      ' ',
      'a "quoted" one',
      "it's",
      '{}',
      '$.city',
      'caf\u00e9',
      '\u{1f600}',
      '\uffee',
      'Zed',
      'city',
    ];
    const objects = [
      ...Array.from({ length: 2_000 }, () => ({ city: 'x' })),
      ...odd.map((name) => ({ [name]: 'y' })),
      { city: 'z', late: '1' },
      {},
    ];
    await database.transaction((trx) =>
      insertRows(
        trx,
        'customers',
        objects.map((attributes, index) => ({
          ...{
            customer_id: `C-${index}`,
            consent: 'granted',
            source: 'import',
            created_at: AT,
            updated_at: AT,
          },
          attributes: JSON.stringify(attributes),
        })) as never,
      ),
    );
    const expected = [...odd, 'late'].toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await listJsonNames(database.queries, 'customers', 'attributes')).toEqual(expected);
  });
});
