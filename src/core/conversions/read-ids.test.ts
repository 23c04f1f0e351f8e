import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readIds } from './read-ids.ts';

const read = (text: string) => readIds(Readable.from([Buffer.from(text)]));

describe('readIds', () => {
  test('reads the column id of a list, and bare ids of which the first is no header', async () => {
    expect(await read('contest,id,status\nsummer,7,held\nsummer,12,held\n')).toEqual([7, 12]);
    expect(await read('id\n7\n')).toEqual([7]);
    expect(await read('7\n12\n3\n')).toEqual([7, 12, 3]);
    expect(await read('7\n')).toEqual([7]);
  });

  test('refuses a file without ids, and names the line of what is none', async () => {
    await expect(read('contest,status\nsummer,held\n')).rejects.toMatchObject({
      code: 'input_unusable',
      reason: 'It has: contest, status',
    });
    await expect(read('id,status\n7,held\nC-1,held\n')).rejects.toMatchObject({
      code: 'input_unusable',
      message: 'Line 3 has no id: "C-1"',
    });
  });
});
