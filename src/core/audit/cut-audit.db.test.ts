import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { describeEngines } from '../../../test/engines.ts';
import { clockAt } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { saveMeta } from '../database/meta-queries.ts';
import { verifySchema } from '../database/verify-schema.ts';
import { addMilliseconds } from '../time.ts';
import { appendAudit } from './append-audit.ts';
import { checkArchives, readAuditArchive, streamEntries } from './audit-archive.ts';
import { cutAudit } from './cut-audit.ts';
import { checkHead, verifyAudit } from './verify-audit.ts';

const FIRST = '2026-03-01T00:00:00.000Z';
const DAY_MS = 86_400_000;
const run = { id: null, operator: 'ann' };
const dayOf = (day: number): string => addMilliseconds(FIRST, (day - 1) * DAY_MS);

describeEngines('cutting the audit log', (open, engine) => {
  /** One entry a day: entry 1 on day 1. */
  const openWithDays = async (days: number): Promise<Database> => {
    const database = await open();
    for (let day = 1; day <= days; day += 1) await append(database, day);
    return database;
  };
  const append = (database: Database, day: number): Promise<void> =>
    database.transaction((trx) =>
      appendAudit(trx, clockAt(dayOf(day)), run, { action: 'test', subject: `day ${day}`, details: { day } }),
    );
  const folder = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), 'referral-audit-'));
    onTestFinished(() => rm(path, { recursive: true, force: true }));
    return path;
  };
  const cut = async (database: Database, before: string, today: number, dryRun = false, place?: string) => {
    const path = place ?? (await folder());
    const file = (from: number, to: number): string => join(path, `${from}-${to}.ndjson`);
    return cutAudit({ database, clock: clockAt(dayOf(today)), run }, { before, file, dryRun });
  };

  test('leaves a log that is intact, and files that reach from the first entry to it', async () => {
    const database = await openWithDays(6);
    const path = await folder();
    const first = await cut(database, dayOf(3), 7, false, path);
    expect(first).toMatchObject({ entries: 2, from: 1, to: 2 });
    expect((await stat(first.file ?? '')).mode & 0o777).toBe(0o600);
    const second = await cut(database, dayOf(5), 8, false, path);
    expect(second).toMatchObject({ entries: 2, from: 3, to: 4 });
    const log = await verifyAudit(database.queries);
    // Days 5 and 6, and the two cuts.
    expect(log).toMatchObject({ intact: true, entries: 4, cut: { sequence: 4 }, head: { sequence: 8 } });
    const archives = await Promise.all([second, first].map(({ file }) => readAuditArchive(file ?? '')));
    expect(checkArchives(archives, log.cut)).toEqual([]);
    expect(checkArchives(archives.slice(0, 1), log.cut)).toMatchObject([{ sequence: 1, problem: 'missing' }]);
    expect(checkArchives(archives.slice(1), log.cut)).toMatchObject([{ sequence: 3, problem: 'missing' }]);
    await append(database, 9);
    expect(await verifyAudit(database.queries)).toMatchObject({ intact: true, entries: 5 });
  });

  test('leaves the schema as it was, and the log append-only', async () => {
    const database = await openWithDays(4);
    await cut(database, dayOf(3), 5);
    expect(await verifySchema(database)).toMatchObject({ drift: [] });
    for (const statement of ['delete from audit_log', `update audit_log set subject = 'x'`]) {
      await expect(sql.raw(statement).execute(database.queries)).rejects.toThrow(/append-only/);
    }
  });

  test('never takes the newest entry, and does nothing where nothing is old', async () => {
    const database = await openWithDays(3);
    expect(await cut(database, dayOf(1), 4)).toMatchObject({ entries: 0, file: null });
    expect(await cut(database, dayOf(99), 99)).toMatchObject({ entries: 2, to: 2 });
    expect(await verifyAudit(database.queries)).toMatchObject({ intact: true, entries: 2 });
    expect((await verifyAudit((await open()).queries)).intact).toBe(true);
  });

  test('changes nothing in a dry run, and nothing where the file is there already', async () => {
    const database = await openWithDays(4);
    expect(await cut(database, dayOf(3), 5, true)).toMatchObject({ entries: 2 });
    const path = await folder();
    await writeFile(join(path, '1-2.ndjson'), 'mine');
    await expect(cut(database, dayOf(3), 5, false, path)).rejects.toMatchObject({ code: 'output_exists' });
    expect(await readFile(join(path, '1-2.ndjson'), 'utf8')).toBe('mine');
    expect(await verifyAudit(database.queries)).toMatchObject({ intact: true, entries: 4, cut: null });
  });

  test('is refused for a log that somebody has edited', async () => {
    const database = await openWithDays(4);
    await tamper(database, `update audit_log set subject = 'x' where sequence = 4`);
    await expect(cut(database, dayOf(3), 5)).rejects.toMatchObject({ code: 'check_failed' });
  });

  test('is told from entries that somebody took out of the beginning', async () => {
    const database = await openWithDays(4);
    const { hash } = await database.queries
      .selectFrom('audit_log')
      .select('hash')
      .where('sequence', '=', 2)
      .executeTakeFirstOrThrow();
    await tamper(database, 'delete from audit_log where sequence <= 2');
    expect((await verifyAudit(database.queries)).problems).toMatchObject([
      { sequence: 1, problem: 'missing' },
    ]);
    // Who also moves the mark still lacks the entry that says so.
    await saveMeta(database.queries, 'audit_cut', `2:${hash}`);
    expect((await verifyAudit(database.queries)).problems).toMatchObject([
      { sequence: 2, problem: 'missing' },
    ]);
  });

  test('keeps heads of before comparable, and an end that was written anew is seen', async () => {
    const database = await openWithDays(4);
    const { head } = await verifyAudit(database.queries);
    const early = { sequence: 1, hash: '0'.repeat(64) };
    expect(await checkHead(database.queries, head ?? early)).toBeUndefined();
    expect(await checkHead(database.queries, early)).toMatchObject({ sequence: 1, problem: 'edited' });
    expect(await checkHead(database.queries, { ...early, sequence: 9 })).toMatchObject({
      problem: 'missing',
    });
    await cut(database, dayOf(4), 5);
    expect(await checkHead(database.queries, head ?? early)).toBeUndefined();
    expect(await checkHead(database.queries, early)).toMatchObject({
      explanation: expect.stringContaining('--archive'),
    });
  });

  test('an export of the whole log is an archive of it', async () => {
    const database = await openWithDays(3);
    const path = join(await folder(), 'log.ndjson');
    const lines: string[] = [];
    const { formatAuditLine } = await import('./audit-document.ts');
    for await (const entry of streamEntries(database.queries)) lines.push(formatAuditLine(entry));
    await writeFile(path, lines.join(''));
    expect(checkArchives([await readAuditArchive(path)], null)).toEqual([]);
    await writeFile(path, lines.join('').replace('day 2', 'day 7'));
    expect(checkArchives([await readAuditArchive(path)], null)).toMatchObject([
      { sequence: 2, problem: 'edited' },
    ]);
    await writeFile(path, 'not an entry\n');
    await expect(readAuditArchive(path)).rejects.toMatchObject({ code: 'input_unusable' });
  });

  async function tamper(database: Database, statement: string): Promise<void> {
    if (engine === 'sqlite') {
      await sql`drop trigger audit_log_refuses_update`.execute(database.queries);
      await sql`drop trigger audit_log_refuses_delete`.execute(database.queries);
    } else await sql`alter table audit_log disable trigger all`.execute(database.queries);
    await sql.raw(statement).execute(database.queries);
    if (engine === 'postgres') await sql`alter table audit_log enable trigger all`.execute(database.queries);
  }
});
