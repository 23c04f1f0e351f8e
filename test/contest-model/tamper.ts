import { sql } from 'kysely';
import { appendAudit } from '../../src/core/audit/append-audit.ts';
import { type AuditProblem, verifyAudit } from '../../src/core/audit/verify-audit.ts';
import { clockAt } from '../../src/core/clock.ts';
import type { Database, Queries } from '../../src/core/database/database.ts';
import { openDatabase } from '../../src/core/database/open-database.ts';
import { reverseRewards } from '../../src/core/rewards/change-rewards.ts';
import { computeRewards } from '../../src/core/rewards/compute-rewards.ts';
import { hashEntry } from '../../src/core/rewards/ledger.ts';
import { listEntriesOfRewards } from '../../src/core/rewards/ledger-queries.ts';
import { payRewards } from '../../src/core/rewards/pay-rewards.ts';
import { verifyRewards } from '../../src/core/rewards/verify-rewards.ts';
import { CONTEST, createContestFixture, dependenciesAt, NOW, TEST_RUN } from '../contest-fixture.ts';
import { seeded } from '../servers/seeded.ts';
import type { CreateUrl } from './play-contests.ts';

export interface TamperOptions {
  readonly createUrl: CreateUrl;
  readonly seed: number;
  /** How many rows of each log are tampered with. */
  readonly rows: number;
}

export interface Tampered {
  readonly seed: number;
  readonly ledger: number;
  readonly audit: number;
  /** How often each kind was done. */
  readonly kinds: Readonly<Record<string, number>>;
  /** What was not found, or not located, or found where nothing was done; each a defect. */
  readonly wrong: readonly string[];
}

const BOOKINGS = 90;
const AUDIT_ENTRIES = 400;
const AT_ONCE = 30;

type Random = () => number;

/** Edits, removes and forges rows of the ledger and the audit log behind the back of the program, many at once, and undoes it again. */
export async function tamper({ createUrl, seed, rows }: TamperOptions): Promise<Tampered> {
  const random = seeded(seed);
  const { url, drop } = await createUrl();
  const kinds: Record<string, number> = {};
  const wrong: string[] = [];
  const counts = { ledger: 0, audit: 0 };
  try {
    const database = await openDatabase({ url });
    try {
      await fill(database);
      await removeGuards(database);
      while (counts.ledger < rows) counts.ledger += await tamperLedger(database, random, kinds, wrong);
      while (counts.audit < rows) counts.audit += await tamperAudit(database, random, kinds, wrong);
      if (!(await verifyRewards(database.queries, NOW)).ok) wrong.push('the ledger is not as it was');
      if (!(await verifyAudit(database.queries)).intact) wrong.push('the audit log is not as it was');
    } finally {
      await database.close();
    }
  } finally {
    await drop();
  }
  return { seed, ...counts, kinds, wrong };
}

/** A contest with paid, reversed, changed and revoked rewards, and a long audit log. */
async function fill(database: Database): Promise<void> {
  const rules = {
    fraud: { default: 'ignore' },
    rewards: {
      referrer: { type: 'money', amount: '25.00', currency: 'EUR' },
      friend: { type: 'percentage', percent: '10' },
      milestones: [{ at: 5, type: 'badge', name: 'Referral Master' }],
    },
  };
  const { codes, importRows } = await createContestFixture(database, { rules });
  const header = ['booking_reference', 'customer_id', 'code', 'amount', 'currency', 'status', 'booked_at'];
  const owners = [...codes.values()];
  const bookings = (state: (index: number) => readonly [string, string]) =>
    Array.from({ length: BOOKINGS }, (_, index) => {
      const [amount, status] = state(index);
      return [
        `B-${index}`,
        `F-${index}`,
        owners[index % owners.length] ?? '',
        amount,
        'EUR',
        status,
        '2026-06-10',
      ];
    });
  const dependencies = dependenciesAt(database);
  const settle = async () => {
    await computeRewards(dependencies, { contest: CONTEST, dryRun: false });
    await payRewards(dependencies, { contest: undefined, dryRun: false }, async () => undefined);
  };
  await importRows([header, ...bookings((index) => ['100.00', index % 3 === 0 ? 'confirmed' : 'completed'])]);
  await settle();
  await importRows([
    header,
    ...bookings((index) => ['140.00', index % 10 === 1 ? 'cancelled' : 'completed']),
  ]);
  await reverseRewards(dependencies, { ids: [5, 9], reason: 'mistake', dryRun: false });
  await settle();
  await database.queries.insertInto('runs').values(aRun).execute();
  const other = await database.queries.selectFrom('contests').selectAll().executeTakeFirstOrThrow();
  const { id: _id, ...contest } = other;
  await database.queries
    .insertInto('contests')
    .values({ ...contest, slug: 'other', status: 'cancelled' })
    .execute();
  for (let at = 0; at < AUDIT_ENTRIES; at += 1) {
    await database.transaction((trx) =>
      appendAudit(trx, clockAt(NOW), TEST_RUN, {
        ...{ action: 'test.done', subject: `subject ${at}`, details: { at, text: 'é' } },
      }),
    );
  }
}

const aRun = {
  ...{ command: 'rewards compute', arguments: '{}', operator: 'somebody', host: 'h', process_id: 1 },
  ...{ program_version: '0', started_at: NOW, finished_at: NOW, status: 'done' as const },
  ...{ exit_code: 0, summary: '{}' },
};

async function removeGuards({ engine, queries }: Database): Promise<void> {
  for (const table of ['ledger_entries', 'audit_log']) {
    if (engine === 'postgres') {
      await sql`alter table ${sql.ref(table)} disable trigger user`.execute(queries);
      continue;
    }
    for (const verb of ['update', 'delete'])
      await sql`drop trigger ${sql.ref(`${table}_refuses_${verb}`)}`.execute(queries);
  }
}

type LedgerRow = Awaited<ReturnType<typeof listEntriesOfRewards>>[number];
type Edit = (queries: Queries, entry: LedgerRow, random: Random) => Promise<readonly number[]>;

const at = (entry: LedgerRow) => sql`where id = ${entry.id}`;
const oneOf = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

function set(column: string, value: (entry: LedgerRow, random: Random) => unknown): Edit {
  return async (queries, entry, random) => {
    await sql`update ledger_entries set ${sql.ref(column)} = ${value(entry, random)} ${at(entry)}`.execute(
      queries,
    );
    return [];
  };
}

/** What can be done to an entry; each gives the rewards beside its own that it touches. */
const LEDGER_EDITS: Readonly<Record<string, Edit>> = {
  amount: set('amount_minor', (entry, random) => entry.amount_minor + 1 + Math.floor(random() * 1_000)),
  'amount, with a hash that fits': async (queries, entry, random) => {
    const { id, content_sha256: _hash, contest_id: _contest, reward_id: _reward, ...content } = entry;
    const amount_minor = entry.amount_minor + 1 + Math.floor(random() * 1_000);
    const hash = hashEntry({ ...content, amount_minor });
    await sql`update ledger_entries set amount_minor = ${amount_minor}, content_sha256 = ${hash} where id = ${id}`.execute(
      queries,
    );
    return [];
  },
  currency: set('currency', ({ currency }) => (currency === 'EUR' ? 'USD' : 'EUR')),
  customer: set('customer_ref', ({ customer_ref }) => (customer_ref === 1 ? 2 : 1)),
  contest: set('contest_id', ({ contest_id }) => (contest_id === 1 ? 2 : 1)),
  kind: set('kind', ({ kind }) => (kind === 'grant' ? 'restore' : 'grant')),
  'from account': set('from_account', ({ from_account, to_account }) =>
    from_account === 'held' || to_account === 'held' ? 'expired' : 'held',
  ),
  'to account': set('to_account', ({ from_account, to_account }) =>
    from_account === 'held' || to_account === 'held' ? 'expired' : 'held',
  ),
  reason: set('reason', (_, random) => `because ${random()}`),
  time: set('recorded_at', (_, random) => new Date(1.7e12 + Math.floor(random() * 1e10)).toISOString()),
  payout: set('payout_id', ({ payout }) => (payout === 'PO-000001' ? 2 : 1)),
  run: set('run_id', () => 1),
  key: set('idempotency_key', ({ id }) => `forged/${id}`),
  hash: set('content_sha256', ({ id }) => String(id).padStart(64, '0')),
  'moved to another reward': async (queries, entry, random) => {
    const target = entry.reward_id === 1 ? 2 : 1 + Math.floor(random() * (entry.reward_id - 1));
    await sql`update ledger_entries set reward_id = ${target} ${at(entry)}`.execute(queries);
    return [target];
  },
  removed: async (queries, entry) => {
    await sql`delete from ledger_entries ${at(entry)}`.execute(queries);
    return [];
  },
  forged: async (queries, entry) => {
    await sql`insert into ledger_entries (idempotency_key, content_sha256, contest_id, customer_ref, reward_id, kind, from_account,
        to_account, amount_minor, currency, reason, recorded_at)
      select idempotency_key || '/9', content_sha256, contest_id, customer_ref, reward_id, 'adjust', 'program', 'paid', 100, 'EUR',
        'the booking changed', recorded_at from ledger_entries ${at(entry)}`.execute(queries);
    return [];
  },
};

async function tamperLedger(
  database: Database,
  random: Random,
  kinds: Record<string, number>,
  wrong: string[],
): Promise<number> {
  return database.transaction(
    async (queries) => {
      const { rows } = await sql<{ id: number }>`select id from rewards order by id`.execute(queries);
      const ids = pickSome(rows, random).map(({ id }) => id);
      const entries = Map.groupBy(await listEntriesOfRewards(queries, ids), ({ reward_id }) => reward_id);
      const touched = new Set(ids);
      const done: string[] = [];
      for (const [reward, list] of entries) {
        const entry = oneOf(random, list);
        const kind = oneOf(random, Object.keys(LEDGER_EDITS));
        for (const id of (await LEDGER_EDITS[kind]?.(queries, entry, random)) ?? []) touched.add(id);
        kinds[`ledger: ${kind}`] = (kinds[`ledger: ${kind}`] ?? 0) + 1;
        done.push(`${reward} ${kind}`);
      }
      const { findings } = await verifyRewards(queries, NOW);
      const found = new Set(findings.map(({ reward_id }) => reward_id));
      for (const one of done) {
        if (!found.has(Number.parseInt(one, 10))) wrong.push(`ledger: not located: reward ${one}`);
      }
      for (const id of found) {
        if (id !== null && !touched.has(id))
          wrong.push(`ledger: found in reward ${id}, where nothing was done`);
      }
      return done.length;
    },
    { rollback: true },
  );
}

/** What can be done to an audit entry, as the statement that does it. */
const AUDIT_EDITS: Readonly<Record<string, (random: Random) => ReturnType<typeof sql>>> = {
  operator: () => sql`update audit_log set operator = 'nobody'`,
  action: () => sql`update audit_log set action = 'test.undone'`,
  subject: (random) => sql`update audit_log set subject = ${`x ${random()}`}`,
  details: (random) => sql`update audit_log set details = ${JSON.stringify({ at: random() })}`,
  time: () => sql`update audit_log set at = ${'2026-01-01T00:00:00.000Z'}`,
  run: () => sql`update audit_log set run_id = 1`,
  hash: (random) => sql`update audit_log set hash = ${String(random()).padEnd(64, '0').slice(0, 64)}`,
  'hash before': (random) => sql`update audit_log set previous_hash = ${String(random()).padEnd(64, 'f')}`,
  removed: () => sql`delete from audit_log`,
};

async function tamperAudit(
  database: Database,
  random: Random,
  kinds: Record<string, number>,
  wrong: string[],
): Promise<number> {
  return database.transaction(
    async (queries) => {
      const { rows } = await sql<{
        sequence: number;
      }>`select sequence from audit_log order by sequence`.execute(queries);
      // Neighbours are left alone, so that each finding belongs to one deed.
      const picked = pickSome(rows, random)
        .map((row) => Number(row.sequence))
        .sort((a, b) => a - b)
        .filter((sequence, index, all) => index === 0 || sequence - (all[index - 1] ?? 0) > 1);
      const done: [number, string][] = [];
      for (const sequence of picked) {
        const kind = oneOf(random, Object.keys(AUDIT_EDITS));
        const edit = AUDIT_EDITS[kind];
        if (edit === undefined) continue;
        await sql`${edit(random)} where sequence = ${sequence}`.execute(queries);
        kinds[`audit: ${kind}`] = (kinds[`audit: ${kind}`] ?? 0) + 1;
        done.push([sequence, kind]);
      }
      const { problems } = await verifyAudit(queries);
      for (const [sequence, kind] of done) {
        if (!problems.some((problem) => isAt(problem, sequence)))
          wrong.push(`audit: not located: ${sequence} ${kind}`);
      }
      for (const problem of problems) {
        const isExplained = done.some(
          ([sequence]) => problem.sequence === sequence || problem.sequence === sequence + 1,
        );
        if (!isExplained) wrong.push(`audit: found at ${problem.sequence}, where nothing was done`);
      }
      return done.length;
    },
    { rollback: true },
  );
}

const isAt = (problem: AuditProblem, sequence: number): boolean => problem.sequence === sequence;

function pickSome<T>(rows: readonly T[], random: Random): T[] {
  const picked = new Set<T>();
  while (picked.size < Math.min(AT_ONCE, rows.length)) picked.add(oneOf(random, rows));
  return [...picked];
}
