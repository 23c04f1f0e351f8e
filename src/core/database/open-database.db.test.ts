import { expect, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';

describeEngines('an open database', (open, engine) => {
  test('carries its engine and its name', async () => {
    const database = await open();
    expect(database.engine).toBe(engine);
    expect(database.name).toMatch(/^referral/);
  });
});
