import { expect, it } from 'vitest';
import { createAudience, createTestCampaign, freeze, send } from '../../../test/campaign-fixture.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Clock } from '../clock.ts';
import { toInstant } from '../time.ts';
import type { Outcome, Transport } from './transport.ts';

function skewedClock(skew: number): Clock {
  return { now: () => toInstant(Date.now() + skew), milliseconds: () => Date.now() + skew };
}

/** Refuses the first mail for now, takes it the next time, and remembers when it was tried. */
function refusingOnce() {
  const tried: number[] = [];
  let refused: number | undefined;
  const transport: Transport = {
    name: 'sendgrid',
    target: 'a recorder',
    async deliver(_, mails) {
      return {
        outcomes: mails.map(({ deliveryId }): Outcome => {
          refused ??= deliveryId;
          if (deliveryId === refused) tried.push(Date.now());
          return deliveryId === refused && tried.length === 1
            ? { kind: 'unsent', error: 'greylisted', countsAsAttempt: true }
            : { kind: 'accepted', messageId: null };
        }),
      };
    },
    close: () => Promise.resolve(),
  };
  return { transport, tried };
}

describeEngines('a machine whose clock is wrong', (open) => {
  it.each([
    ['ten minutes ahead', 600_000],
    ['ten minutes behind', -600_000],
  ])('by %s, tries again after a second what was refused for now', async (_, skew) => {
    const database = await open();
    const clock = skewedClock(skew);
    // On SQLite there is one machine, whose clock is the only one.
    const frozenBy = database.engine === 'postgres' ? skewedClock(0) : clock;
    await createAudience(database, 20, frozenBy);
    await createTestCampaign(database, 'launch', {}, frozenBy);
    await freeze(database, 'launch', frozenBy);
    const { transport, tried } = refusingOnce();
    const result = await send(database, 'launch', transport, { concurrency: 1 }, { clock });
    expect(result).toMatchObject({ end: 'finished', accepted: 20 });
    const [first = 0, second = 0] = tried;
    expect(second - first).toBeGreaterThanOrEqual(1_000);
  });
});
