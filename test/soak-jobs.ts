import { createInterface } from 'node:readline';
import { usingDatabase } from '../src/core/database/open-database.ts';
import { startChild } from './children/start-child.ts';
import { NIGHTLY_JOBS } from './jobs-fixture.ts';
import type { CreateUrl } from './soak-database.ts';

export interface CronHours {
  readonly hours: number;
  readonly crons: number;
  /** Jobs that were done, in all hours together, and how many of them by each cron. */
  readonly done: number;
  readonly byCron: readonly number[];
  /** Jobs that were not done as often as they were due, and whatever else was found. */
  readonly wrong: readonly string[];
}

// At 01:30 what was due the day before and on Sunday is made up for, at 02:00 comes the new day.
const FROM = '2026-03-04T01:30:00.000Z';
const TO = '2026-03-04T02:30:00.000Z';

/** Lets several crons work through an hour of simulated time on one migrated database, one database after the other. */
export async function runCrons(createUrl: CreateUrl, hours: number, crons = 2): Promise<CronHours> {
  const children = Array.from({ length: crons }, () => startChild('cron.ts', [FROM, TO]));
  const lines = children.map(({ process }) =>
    createInterface({ input: process.stdout })[Symbol.asyncIterator](),
  );
  const hear = async (): Promise<string[]> =>
    Promise.all(lines.map(async (each) => String((await each.next()).value ?? 'nothing')));
  const wrong: string[] = [];
  let byCron: readonly number[] = children.map(() => 0);
  await hear();
  for (let hour = 1; hour <= hours; hour += 1) {
    const url = await createUrl();
    for (const child of children) child.process.stdin.write(`${url}\n`);
    const ran = (await hear()).map((line) => Number(/^ran (\d+)$/.exec(line)?.[1] ?? Number.NaN));
    byCron = byCron.map((count, cron) => count + (ran[cron] ?? Number.NaN));
    wrong.push(...(await lookAt(url)).map((what) => `hour ${hour}: ${what}`));
  }
  for (const child of children) child.process.stdin.end();
  const codes = await Promise.all(children.map((child) => child.ended));
  if (codes.some((code) => code !== 0)) wrong.push(...children.map((child) => child.output()));
  return { hours, crons, done: byCron.reduce((sum, count) => sum + count, 0), byCron, wrong };
}

/** How often each job should be done in the hour. */
function expectedCounts(): Record<string, number> {
  return Object.fromEntries(NIGHTLY_JOBS.map(({ name, rhythm }) => [name, rhythm === 'daily' ? 2 : 1]));
}

async function lookAt(url: string): Promise<readonly string[]> {
  return usingDatabase({ url }, async ({ queries }) => {
    const done = await queries
      .selectFrom('audit_log')
      .select(({ fn }) => ['subject', fn.countAll<number>().as('count')])
      .where('action', '=', 'job.done')
      .groupBy('subject')
      .execute();
    const counts = new Map(done.map(({ subject, count }) => [subject, Number(count)]));
    const uneven = Object.entries(expectedCounts())
      .filter(([name, due]) => counts.get(name) !== due)
      .map(([name, due]) => `${name} was done ${counts.get(name) ?? 0} times, and was due ${due} times`);
    const rows = await queries.selectFrom('job_runs').select(['job', 'slot', 'status', 'attempts']).execute();
    const odd = rows
      .filter(({ status, attempts }) => status !== 'done' || attempts !== 1)
      .map(({ job, slot, status, attempts }) => `${job} of ${slot} is ${status} after ${attempts} attempts`);
    return [...uneven, ...odd];
  });
}
