import type { Readable } from 'node:stream';
import { openCsv } from '../csv/open-csv.ts';
import { ReferralError } from '../errors.ts';

/**
 * The ids in a file: a CSV with a column `id` (an export of a list), or one id on each line. Throws `input_unusable`, naming the line.
 */
export async function readIds(input: Readable): Promise<readonly number[]> {
  const csv = await openCsv(input);
  const isBare = csv.header.length === 1 && /^\d+$/.test(csv.header[0] ?? '');
  const column = isBare ? 0 : csv.header.indexOf('id');
  if (column < 0) {
    throw new ReferralError('input_unusable', 'The file has no column "id"', {
      reason: `It has: ${csv.header.join(', ')}`,
      hint: 'Give one id on each line, or a CSV as `--format csv` of a list prints it.',
    });
  }
  const ids = isBare ? [parseId(csv.header[0] ?? '', 1)] : [];
  for await (const records of csv.batches) {
    for (const { cells, line } of records) ids.push(parseId(cells[column] ?? '', line));
  }
  return ids;
}

function parseId(text: string, line: number): number {
  const id = Number(text.trim());
  if (/^\d+$/.test(text.trim()) && Number.isSafeInteger(id)) return id;
  throw new ReferralError('input_unusable', `Line ${line} has no id: "${text}"`, {
    hint: 'Ids are whole numbers, the column `id` of a list.',
  });
}
