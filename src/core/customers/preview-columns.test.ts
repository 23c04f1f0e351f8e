import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { findMappingGap } from './preview-columns.ts';

const find = (text: string, map: readonly string[] = []) =>
  findMappingGap(Readable.from([Buffer.from(text)]), { map });

test('shows the columns with values when a required field has none', async () => {
  const text =
    'key,email,city\n1,a@example.com,\n2,b@example.com,NULL\n3,c@example.com,Gent\n4,d@example.com,Gent\n';
  expect(await find(text)).toEqual({
    missing: ['customer_id'],
    columns: [
      { column: 'key', samples: ['1', '2', '3'] },
      { column: 'email', samples: ['a@example.com', 'b@example.com', 'c@example.com'] },
      { column: 'city', samples: ['Gent'] },
    ],
  });
});

test('has nothing to ask when all is understood, and passes on what is wrong', async () => {
  expect(await find('key,email\n1,a@example.com\n', ['key=customer_id'])).toBeUndefined();
  await expect(find('key,email\n1,a@example.com\n', ['kye=customer_id'])).rejects.toThrow('no column "kye"');
});
