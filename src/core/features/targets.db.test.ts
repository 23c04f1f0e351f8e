import { expect, test } from 'vitest';
import { addHistory } from '../../../test/customer-history.ts';
import { describeEngines } from '../../../test/engines.ts';
import type { Database } from '../database/database.ts';
import type { Instant } from '../time.ts';
import { readFeatures } from './read-features.ts';
import { listCutoffs, type TargetName } from './targets.ts';

const NOW = '2026-10-01T00:00:00.000Z';
const on = (day: string): Instant => `${day}T12:00:00.000Z`;

async function addEverything(database: Database): Promise<void> {
  await addHistory(database, {
    customers: [1, 2, 3, 4].map((id) => ({ id })),
    contests: [
      { id: 1, starts_at: on('2026-01-01'), ends_at: on('2026-05-01') },
      { id: 2, starts_at: on('2026-08-01'), ends_at: on('2026-12-01') },
    ],
    campaigns: [
      { id: 1, started_at: on('2026-04-01') },
      { id: 2, started_at: on('2026-06-01') },
      // Not given its week yet.
      { id: 3, started_at: on('2026-09-28') },
    ],
    participants: [
      { contest: 1, customer: 1, enrolled_at: on('2026-01-02') },
      { contest: 1, customer: 2, enrolled_at: on('2026-01-02') },
    ],
    bookings: [
      { customer: 1, reference: 'a', booked_at: on('2025-12-01') },
      { customer: 1, reference: 'again', booked_at: on('2026-02-01') },
      { customer: 2, reference: 'b', booked_at: on('2026-02-01') },
      { customer: 3, reference: 'friend', booked_at: on('2026-08-01') },
    ],
    referrals: [{ contest: 1, referrer: 2, reference: 'friend' }],
    mails: [
      { id: 1, campaign: 1, customer: 1, sent_at: on('2026-04-01') },
      { id: 2, campaign: 1, customer: 2, sent_at: on('2026-04-01') },
      { id: 3, campaign: 1, customer: 3, sent_at: on('2026-04-01'), refused: true },
      { id: 4, campaign: 2, customer: 1, sent_at: '2026-06-01T12:00:00.900Z' },
      { id: 5, campaign: 2, customer: 4, sent_at: on('2026-06-01') },
      { id: 6, campaign: 3, customer: 4, sent_at: on('2026-09-28') },
    ],
    events: [
      { mail: 1, type: 'clicked', at: on('2026-04-03') },
      // Later than a week, and no click.
      { mail: 2, type: 'clicked', at: on('2026-04-09') },
      { mail: 2, type: 'opened', at: on('2026-04-02') },
      // A week to the second.
      { mail: 4, type: 'clicked', at: '2026-06-08T12:00:00.100Z' },
      { mail: 5, type: 'clicked', at: '2026-06-08T12:00:01.000Z' },
      { mail: 6, type: 'clicked', at: on('2026-09-29') },
    ],
  });
}

/** `time: customer outcome, …` of each cut-off. */
async function outcomes(database: Database, target: TargetName, since?: Instant): Promise<string[]> {
  return database.snapshot(async (snapshot) => {
    const lines: string[] = [];
    for (const cutoff of await listCutoffs(snapshot, target, NOW, since)) {
      const { rows } = await readFeatures(snapshot, cutoff.at, { population: cutoff, columns: [] });
      const people: string[] = [];
      for await (const { customer_id, outcome } of rows) people.push(`${customer_id} ${outcome}`);
      lines.push(`${cutoff.at.slice(0, 10)}: ${people.join(', ')}`);
    }
    return lines;
  });
}

describeEngines('targets of our own', (open) => {
  test('are what customers did after each time that is looked from', async () => {
    const database = await open();
    await addEverything(database);
    expect(await outcomes(database, 'clicks_next_mail')).toEqual([
      '2026-04-01: C-1 1, C-2 0',
      '2026-06-01: C-1 1, C-4 0',
    ]);
    expect(await outcomes(database, 'refers_in_contest')).toEqual(['2026-01-01: C-1 0, C-2 1']);
    expect(await outcomes(database, 'books_within_90d')).toEqual([
      '2026-01-04: C-1 1',
      '2026-04-04: C-1 0, C-2 0',
      '2026-07-03: C-1 0, C-2 0',
    ]);
  });

  test('ask for what is newer, and say what it takes where there is nothing', async () => {
    const database = await open();
    await expect(outcomes(database, 'books_within_90d')).rejects.toMatchObject({
      code: 'state_forbids',
      hint: expect.stringContaining('referral conversions import'),
    });
    await addEverything(database);
    expect(await outcomes(database, 'clicks_next_mail', on('2026-05-01'))).toHaveLength(1);
    await expect(outcomes(database, 'clicks_next_mail', on('2026-07-01'))).rejects.toMatchObject({
      code: 'state_forbids',
      hint: expect.stringContaining('segments evaluate --from FILE'),
    });
  });
});
