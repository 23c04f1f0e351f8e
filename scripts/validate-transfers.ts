/*
 * Validates files of SEPA transfers with libxml2's xmllint against the schema itself, which is ISO's and not ours to ship:
 * `node scripts/validate-transfers.ts pain.001.001.09.xsd [messages]`. Made-up messages, 500 unless told.
 */
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { formatPain001 } from '../src/core/rewards/format-pain001.ts';
import { givenTransfers, TRANSFERS, toTransfers } from '../test/transfers.ts';

const [schema, messages = '500'] = process.argv.slice(2);
if (schema === undefined)
  throw new Error('Name the schema: node scripts/validate-transfers.ts pain.001.001.09.xsd');

let valid = 0;
for (const given of [[], ...fc.sample(givenTransfers, Number(messages) - 1)]) {
  const transfers = given.length === 0 ? TRANSFERS : await toTransfers(given);
  if (transfers === undefined) continue;
  // It fails with what is wrong.
  execFileSync('xmllint', ['--noout', '--schema', schema, '-'], {
    input: formatPain001(transfers),
    stdio: ['pipe', 'inherit', 'pipe'],
  });
  valid += 1;
}
console.log(`${valid} messages are valid.`);
