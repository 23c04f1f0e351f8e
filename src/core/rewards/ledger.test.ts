import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, sha256 } from '../canonical-json.ts';
import { hashEntry, isHashOf } from './ledger.ts';

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
    ...{
      currency: text,
      reason: text,
      recorded_at: text,
      payout: fc.option(text),
      run_id: fc.option(fc.maxSafeNat()),
    },
    ...{ customer_ref: fc.maxSafeNat(), amount_minor: fc.maxSafeNat() },
  });
  fc.assert(
    fc.property(content, (entry) => {
      expect(hashEntry(entry)).toBe(sha256(canonicalJson(entry)));
      const { run_id, ...first } = entry;
      expect(isHashOf(sha256(canonicalJson(first)), entry)).toBe(true);
      expect(isHashOf(hashEntry(entry), { ...entry, run_id: (run_id ?? 0) + 1 })).toBe(false);
    }),
  );
});
