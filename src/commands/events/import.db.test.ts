import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { describeEngineUrls } from '../../../test/engines.ts';
import { fillReportData } from '../../../test/fill-report-data.ts';
import { runHere } from '../../../test/run-here.ts';
import { usingDatabase } from '../../core/database/open-database.ts';

const MANY = 20_001;

/** As many events as reports keep something of, of one delivery, and how far what they keep goes. */
async function fillEvents(url: string): Promise<void> {
  await usingDatabase({ url }, async (database) => {
    await fillReportData(database, { customers: 5 });
    const { queries } = database;
    const { id } = await queries.selectFrom('deliveries').select('id').limit(1).executeTakeFirstOrThrow();
    const rows = Array.from({ length: MANY }, (_, at) => `e-${at}`);
    await sql`insert into events (provider_event_id, delivery_id, type, occurred_at, machine_open, imported_at)
      select value, ${sql.lit(id)}, 'opened', '2026-06-01T10:00:00.000Z', 0, '2026-06-01T10:00:00.000Z'
      from ${database.engine === 'sqlite' ? sql`json_each(${JSON.stringify(rows)})` : sql`jsonb_array_elements_text(${JSON.stringify(rows)}::jsonb)`}`.execute(
      queries,
    );
  });
}

async function listKept(url: string): Promise<{ mark: number | undefined; last: number }> {
  return usingDatabase({ url }, async ({ queries }) => {
    const kept = await queries
      .selectFrom('report_kept')
      .select('content')
      .where('key', '=', 'mails')
      .executeTakeFirst();
    const { last } = await queries
      .selectFrom('events')
      .select((of) => of.fn.max('id').as('last'))
      .executeTakeFirstOrThrow();
    return { mark: kept === undefined ? undefined : JSON.parse(kept.content).mark, last };
  });
}

describeEngineUrls('events import', (createUrl) => {
  test('takes the events into what reports keep, and a dry run does not', async () => {
    const url = await createUrl();
    const folder = await mkdtemp(join(tmpdir(), 'referral-events-'));
    try {
      await fillEvents(url);
      const file = join(folder, 'events.json');
      const event = { sg_event_id: 'last', event: 'processed', timestamp: 1_780_000_000 };
      await writeFile(file, JSON.stringify([{ ...event, email: 'a@example.com' }]));
      const words = ['events', 'import', file, '--database', url, '--json'];
      const env = { REFERRAL_SECRET: 'a secret for tests only' };
      expect(await runHere([...words, '--dry-run'], { env })).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await listKept(url)).toMatchObject({ mark: undefined });
      expect(await runHere(words, { env })).toMatchObject({ exitCode: 0, stderr: '' });
      const { mark, last } = await listKept(url);
      expect(mark).toBe(last);
      expect(last).toBeGreaterThan(MANY);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
