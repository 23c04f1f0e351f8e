import type { Readable } from 'node:stream';
import { ReferralError } from '../errors.ts';

/** Rules are written by hand; what is larger than this is some other file. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Reads a JSON document that an operator wrote. Throws `input_unusable` with the line and column where it stops being JSON. */
export async function readJsonDocument(input: Readable, file: string): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_BYTES) throw unusable(file, `It is larger than ${MAX_BYTES} bytes.`);
    chunks.push(bytes);
  }
  const text = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (text.trim() === '') throw unusable(file, 'It is empty.');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(file, placeOf(error instanceof Error ? error.message : '', text));
  }
}

function unusable(file: string, reason: string): ReferralError {
  return new ReferralError(
    'input_unusable',
    `${file === '-' ? 'Standard input' : file} is not a JSON document`,
    {
      reason,
      hint: 'docs/rules.md has examples.',
    },
  );
}

// V8 says `… at position 17 (line 2 column 5)` or, for texts that end too early, nothing.
function placeOf(message: string, text: string): string {
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
  const before = text.slice(0, position).split('\n');
  const what = message
    .replace(/ (in JSON )?at position.*$/, '')
    .replace(/^Unexpected end of JSON input$/, 'It ends too early');
  return `Line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${what.split('\n')[0] ?? ''}`;
}
