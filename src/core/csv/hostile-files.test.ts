import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkHostileFile, hostileFiles, type Verdict } from '../../../test/hostile-csv.ts';

test('files of every dialect, encoding and damage are read or refused, and differences explained', async () => {
  const verdicts = new Map<Verdict, number>();
  await fc.assert(
    fc.asyncProperty(hostileFiles, async (file) => {
      const verdict = await checkHostileFile(file);
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    }),
    { numRuns: 500, endOnFailure: true },
  );
  expect(verdicts.get('same')).toBeGreaterThan(50);
  expect(verdicts.get('damaged')).toBeGreaterThan(50);
});
