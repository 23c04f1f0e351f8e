import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PackedField } from './packed-rows.ts';
import { createCopySplitter } from './split-copy-binary.ts';

const FIELDS: readonly PackedField[] = [
  { key: 'name', kind: 'text' },
  { key: 'at', kind: 'time' },
  { key: 'count', kind: 'integer' },
  { key: 'spend', kind: 'hundredths' },
  { key: 'attributes', kind: 'attributes' },
];

const row = fc.record({
  name: fc.option(fc.string({ unit: 'grapheme', maxLength: 40 })),
  at: fc.option(
    fc.date({ min: new Date('0001-01-01'), max: new Date('+012000-01-01'), noInvalidDate: true }),
  ),
  count: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  spend: fc.option(fc.integer().map(BigInt)),
  attributes: fc.constantFrom('{}', '{"city": "Ghent"}'),
});
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never;

function integer(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** As `COPY … TO STDOUT (FORMAT binary)` sends them. */
function encode(rows: readonly Row[]): Buffer {
  const parts: Buffer[] = [Buffer.alloc(19)];
  for (const { name, at, count, spend, attributes } of rows) {
    const microseconds = at === null ? null : (BigInt(Number(at)) - 946_684_800_000n) * 1_000n;
    const cells = [
      name === null ? null : Buffer.from(name),
      ...[microseconds, count, spend].map((value) => (value === null ? null : integer(value))),
      Buffer.concat([Buffer.from([1]), Buffer.from(attributes)]),
    ];
    parts.push(Buffer.from([0, cells.length]));
    for (const cell of cells) {
      const length = Buffer.alloc(4);
      length.writeInt32BE(cell?.length ?? -1);
      parts.push(length, cell ?? Buffer.alloc(0));
    }
  }
  return Buffer.concat([...parts, Buffer.from([0xff, 0xff])]);
}

it('gives every row once and whole, wherever the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 12 }),
      fc.array(fc.nat({ max: 2_000 }), { maxLength: 20 }),
      (rows, cuts) => {
        const bytes = encode(rows);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const splitter = createCopySplitter(FIELDS);
        const found: (string | null)[][] = [];
        for (const [index, start] of places.slice(0, -1).entries()) {
          // Of its own, as it comes from a socket.
          const packed = splitter.split(Buffer.from(bytes.subarray(start, places[index + 1])));
          for (let at = 0; at < packed.rows; at += 1) {
            found.push(
              FIELDS.map((_, column) => {
                const place = (at * FIELDS.length + column) * 2;
                const [from = 0, to = -1] = packed.places.subarray(place, place + 2);
                return to === -1 ? null : packed.bytes.toString('utf8', from, to);
              }),
            );
          }
        }
        expect(found).toEqual(
          rows.map(({ name, at, count, spend, attributes }) => [
            name,
            at?.toISOString() ?? null,
            count === null ? null : String(count),
            spend === null ? null : String(spend),
            attributes,
          ]),
        );
      },
    ),
    { numRuns: 500 },
  );
});
