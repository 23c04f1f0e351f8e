import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { hashEntry } from './ledger.ts';

const text = fc.string({ unit: 'grapheme' });

test('an entry is hashed over its canonical JSON, in whatever order its keys come', () => {
  const content = fc.record({
    ...{
      idempotency_key: text,
      reward: text,
      contest: text,
      kind: text,
      from_account: text,
      to_account: text,
    },
    ...{ currency: text, reason: text, recorded_at: text, payout: fc.option(text) },
    ...{ customer_ref: fc.maxSafeNat(), amount_minor: fc.maxSafeNat() },
  });
  fc.assert(
    fc.property(content, (entry) => {
      expect(hashEntry(entry)).toBe(sha256(canonicalJson(entry)));
    }),
  );
});
