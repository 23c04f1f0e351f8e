import { expect, test } from 'vitest';
import { type Asking, askMapping } from './ask-mapping.ts';

const gap = {
  missing: ['customer_id', 'email'],
  columns: [
    { column: 'key', samples: ['1', '2'] },
    { column: 'post', samples: ['a@example.com', '\u001B[31mred'] },
  ],
};

test('asks for each missing field with values of the columns left, and for a name', async () => {
  const asked: unknown[] = [];
  const names = ['not a name', 'crm'];
  const asking: Asking = {
    select(message, choices) {
      asked.push([message, choices.map((choice) => choice.name)]);
      return Promise.resolve(choices[0]?.value ?? '');
    },
    input: () => Promise.resolve(names.shift() ?? ''),
  };
  expect(await askMapping(gap, asking)).toEqual({ map: ['key=customer_id', 'post=email'], profile: 'crm' });
  expect(asked).toEqual([
    ['Which column is customer_id?', ['key  (1, 2)', 'post  (a@example.com,  [31mred)']],
    ['Which column is email?', ['post  (a@example.com,  [31mred)']],
  ]);
});
