import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyAudit } from '../../src/core/audit/verify-audit.ts';
import type { Database } from '../../src/core/database/database.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { auditReward } from '../../src/core/rewards/audit-reward.ts';
import { listEntriesOfRewards } from '../../src/core/rewards/ledger-queries.ts';
import { listRewardPage } from '../../src/core/rewards/reward-queries.ts';
import { startChild } from '../children/start-child.ts';
import { backUp, type CreateUrl, restoreInto } from './archive-steps.ts';
import { createMemoryStore } from './memory-store.ts';

export interface UnderWrites {
  readonly backups: number;
  /** Movements in the newest of them, and rows written a second while they were made: each movement writes three. */
  readonly movements: number;
  readonly rows_per_second: number;
  readonly wrong: readonly string[];
}

const AT = '2026-03-01T09:00:00.000Z';
const ROWS_OF_MOVEMENT = 3;

/** Backs a database up while another process moves rewards in it, and looks in each backup whether the ledger is that of one moment. */
export async function backUpUnderWrites(
  createUrl: CreateUrl,
  engine: 'sqlite' | 'postgres',
  { backups, rowsPerSecond }: { readonly backups: number; readonly rowsPerSecond: number },
): Promise<UnderWrites> {
  const { url, drop } = await createUrl(engine, 'migrated');
  const { store } = createMemoryStore();
  const wrong: string[] = [];
  const ids: string[] = [];
  let movements = 0;
  let measured = 0;
  try {
    const { contest, customer } = await usingDatabase({ url }, prepare);
    const perSecond = String(rowsPerSecond / ROWS_OF_MOVEMENT);
    const child = startChild('ledger-writer.ts', [url, String(contest), String(customer), perSecond]);
    const written = () => Number(child.output().trim().split('\n').at(-1) ?? 0);
    await child.ready;
    const [before, started] = [written(), performance.now()];
    for (let at = 0; at < backups; at += 1) {
      // One by one, and by threads that have to see the same moment.
      ids.push(await backUp(url, store, at % 2 === 0 ? undefined : 1));
      const count = written();
      // The next one is to see something else.
      while (written() === count && child.process.exitCode === null) await sleep(10);
    }
    measured = ((written() - before) * ROWS_OF_MOVEMENT * 1_000) / (performance.now() - started);
    child.process.stdin.end();
    if (child.process.exitCode === null) await once(child.process, 'close');
    if (child.process.exitCode !== 0) wrong.push(`the writer failed: ${child.output()}`);
    let last = 0;
    for (const id of ids) {
      const { found, count } = await inspect(createUrl, id, store);
      wrong.push(...found);
      if (count <= last) wrong.push(`a backup has ${count} movements, one before it ${last}`);
      last = count;
      movements = count;
    }
  } finally {
    await drop();
  }
  return { backups, movements, rows_per_second: Math.round(measured), wrong };
}

async function inspect(createUrl: CreateUrl, id: string, store: Parameters<typeof restoreInto>[2]) {
  const { url, drop } = await createUrl('sqlite', 'empty');
  try {
    await restoreInto(url, id, store);
    return await usingDatabase({ url }, findWrong);
  } finally {
    await drop();
  }
}

/** What does not hold: every reward is where its entries say, and each movement has one entry here and one in the audit log. */
async function findWrong({
  queries,
}: Database): Promise<{ readonly found: string[]; readonly count: number }> {
  const found: string[] = [];
  let count = 0;
  for (let after = 0; ; ) {
    const page = await listRewardPage(queries, undefined, after, 500);
    const last = page.at(-1);
    if (last === undefined) break;
    const entries = await listEntriesOfRewards(
      queries,
      page.map(({ id }) => id),
    );
    const byReward = Map.groupBy(entries, ({ reward_id }) => reward_id);
    for (const reward of page) {
      found.push(...auditReward(reward, byReward.get(reward.id) ?? []).map(({ message }) => message));
    }
    count += entries.length;
    after = last.id;
  }
  const { audited } = await queries
    .selectFrom('audit_log')
    .select(({ fn }) => fn.countAll<number>().as('audited'))
    .where('action', '=', 'soak.moved')
    .executeTakeFirstOrThrow();
  if (audited !== count) found.push(`${count} entries and ${audited} movements in the audit log`);
  found.push(...(await verifyAudit(queries)).problems.map(({ explanation }) => explanation));
  return { found, count };
}

async function prepare({
  queries,
}: Database): Promise<{ readonly contest: number; readonly customer: number }> {
  const contest = await queries
    .insertInto('contests')
    .values({
      ...{ slug: 'soak', name: 'Soak', benefit: '', description: '', status: 'active', timezone: 'UTC' },
      ...{
        starts_at: AT,
        ends_at: '2027-01-01T00:00:00.000Z',
        rules: '{}',
        rules_sha256: '',
        created_at: AT,
      },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const customer = await queries
    .insertInto('customers')
    .values({
      ...{ customer_id: 'C-1', consent: 'unknown', attributes: '{}', source: 'import' },
      ...{ created_at: AT, updated_at: AT },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { contest: contest.id, customer: customer.id };
}
