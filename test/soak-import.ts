import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { type Child, startChild } from './children/start-child.ts';
import { importFile } from './import-file.ts';
import { type ImportFiles, writeImportFiles } from './import-files.ts';
import { seeded } from './servers/seeded.ts';

export interface SoakOptions {
  /** A migrated database without customers. */
  readonly url: string;
  /** An empty one for files. */
  readonly folder: string;
  readonly kills: number;
  /** From 20,000 rows on the files are read on another thread. */
  readonly rows: number;
  readonly seed: number;
  readonly log?: (line: string) => void;
}

export interface SoakResult {
  readonly kills: number;
  /** After how many of them nothing of the file was there, and after how many all of it. */
  readonly none: number;
  readonly all: number;
  /** After how many a rejects file was begun and not put in place. */
  readonly partial: number;
  /** What was neither, or not as after one clean run; each a defect. */
  readonly wrong: readonly string[];
}

/** What an import leaves: the customers, and how many imports and audit entries there are. */
export interface Content {
  readonly customers: string;
  readonly imports: number;
  readonly entries: number;
}

type Point = 'batch' | 'before_commit' | 'after_commit' | 'committing' | 'any';

const POINTS: readonly Point[] = [
  'any',
  'any',
  'any',
  'committing',
  'committing',
  'batch',
  'before_commit',
  'after_commit',
];

/**
 * Imports one file and then one that overlaps it, again and again, and kills the importing process at named points, around its commit
 * and at any time. After each kill nothing or all of the file must be there, and running it again must leave what one clean run leaves.
 */
export async function soakImport(options: SoakOptions): Promise<SoakResult> {
  const { url, folder, rows, seed } = options;
  const random = seeded(seed);
  const files = await writeImportFiles(folder, rows, seed);
  const clean = await runClean(url, folder, files);
  const seen = { kills: 0, none: 0, all: 0, partial: 0 };
  const wrong: string[] = [];
  let before = clean.left;
  while (seen.kills < options.kills) {
    const target = clean.targets[seen.kills % clean.targets.length] ?? clean.targets[0];
    if (target === undefined) break;
    if (target.before === clean.empty) {
      await removeCustomers(url);
      before = { ...before, customers: clean.empty };
    }
    const point = POINTS[Math.floor(random() * POINTS.length)] ?? 'any';
    const title = `seed ${seed}, kill ${seen.kills + 1}, ${target.name} at ${point}`;
    const killed = await importAndKill(options, target, point, random, clean.milliseconds);
    const after = await readContent(url);
    const rejects = await readRejects(target);
    const isAll = after.imports > before.imports;
    if (killed) {
      seen.kills += 1;
      seen[isAll ? 'all' : 'none'] += 1;
      if (existsSync(`${target.rejects}.part`)) seen.partial += 1;
    }
    const change = isAll ? 1 : 0;
    if (after.customers !== (isAll ? target.after : before.customers))
      wrong.push(`${title}: other customers`);
    if (after.entries !== before.entries + change) wrong.push(`${title}: other audit entries`);
    if (rejects !== undefined && rejects !== target.rejected) wrong.push(`${title}: half a rejects file`);
    if (!isAll && rejects !== undefined) wrong.push(`${title}: a rejects file of an import that was undone`);
    const again = await runImport(url, target);
    before = await readContent(url);
    if (before.customers !== target.after) wrong.push(`${title}: other customers when run again`);
    if ((await readRejects(target)) !== target.rejected) wrong.push(`${title}: other rejects when run again`);
    if (existsSync(`${target.rejects}.part`)) wrong.push(`${title}: a part left when run again`);
    options.log?.(
      `${title}: ${killed ? (isAll ? 'all' : 'none') : 'ended before'}; again ${again}; wrong so far: ${wrong.length}`,
    );
  }
  return { ...seen, wrong };
}

interface Target {
  readonly name: string;
  readonly file: string;
  readonly rejects: string;
  /** Fingerprints of the customers. */
  readonly before: string;
  readonly after: string;
  /** The rejects file of a clean run. */
  readonly rejected: string | undefined;
}

/** What one clean run of each file leaves, one after the other, and how long the longest takes. */
async function runClean(url: string, folder: string, files: ImportFiles) {
  const targets: Target[] = [];
  const { customers: empty } = await readContent(url);
  let left: Content = { customers: empty, imports: 0, entries: 0 };
  let milliseconds = 0;
  for (const [name, file] of Object.entries(files)) {
    const target = { name, file, rejects: join(folder, `${name}.rejects.csv`), before: left.customers };
    const started = performance.now();
    await runImport(url, target);
    milliseconds = Math.max(milliseconds, performance.now() - started);
    left = await readContent(url);
    targets.push({ ...target, after: left.customers, rejected: await readRejects(target) });
  }
  return { targets, empty, left, milliseconds };
}

type ImportedFile = Pick<Target, 'file' | 'rejects'>;

/** Imports a file to its end; what came of it. */
export async function runImport(url: string, file: ImportedFile): Promise<string> {
  return usingDatabase({ url }, (database) => importFile(database, file));
}

/** As `runImport`, in a process of its own. Throws when it fails. */
export async function runImportApart(url: string, { file, rejects }: ImportedFile): Promise<string> {
  const child = startChild('import.ts', [url, file, rejects]);
  const code = await child.ended;
  if (code !== 0) throw new Error(`the import ended with ${code}: ${child.output()}`);
  return child.output().trim().split('\n').at(-1) ?? '';
}

/** Was it killed, or had it ended by itself? */
async function importAndKill(
  { url }: SoakOptions,
  { file, rejects }: Target,
  point: Point,
  random: () => number,
  milliseconds: number,
): Promise<boolean> {
  await rm(rejects, { force: true });
  const byItself = point !== 'any' && point !== 'committing';
  const nth = String(1 + Math.floor(random() * 5));
  const child = startChild('import.ts', [url, file, rejects, ...(byItself ? [point, nth] : [])]);
  await Promise.race([child.ready, child.ended]);
  if (point === 'any') await Promise.race([sleep(random() * milliseconds), child.ended]);
  if (point === 'committing') {
    await waitForOutput(child, 'committing');
    await Promise.race([sleep(random() * 30), child.ended]);
  }
  if (!byItself) child.process.kill('SIGKILL');
  return (await child.ended) === null;
}

async function waitForOutput(child: Child, text: string): Promise<void> {
  let ended = false;
  void child.ended.then(() => {
    ended = true;
  });
  while (!ended && !child.output().includes(text)) await sleep(1);
}

async function readRejects({ rejects }: Pick<Target, 'rejects'>): Promise<string | undefined> {
  return existsSync(rejects) ? readFile(rejects, 'utf8') : undefined;
}

/**
 * Everything about the customers but their keys, which count on after an import that was undone, and the hash of a row, which is forgotten when a file
 * changes a customer and changes them back. A server may still commit for one that was killed.
 */
export async function readContent(url: string): Promise<Content> {
  return usingDatabase({ url }, (database) =>
    database.snapshot(async (queries) => {
      const hash = createHash('sha256');
      for (const { id, row_hash, ...row } of await queries
        .selectFrom('customers')
        .selectAll()
        .orderBy('customer_id')
        .execute())
        hash.update(`${JSON.stringify(row)}\n`);
      const { rows } = await sql<{
        imports: number;
        entries: number;
      }>`select (select count(*) from imports) as imports,
      (select count(*) from audit_log) as entries`.execute(queries);
      return {
        customers: hash.digest('hex'),
        imports: Number(rows[0]?.imports),
        entries: Number(rows[0]?.entries),
      };
    }),
  );
}

/** Leaves no customer. */
export async function removeCustomers(url: string): Promise<void> {
  await usingDatabase({ url }, async ({ queries }) => {
    await queries.deleteFrom('customers').execute();
  });
}
