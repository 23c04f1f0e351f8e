/*
 * A process that asks every five minutes of simulated time for the jobs that are due, as cron does: for each database that a line
 * of standard input names, through the time between FROM and TO (`cron.ts FROM TO`). A job leaves its name in the audit log.
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { appendAudit } from '../../src/core/audit/append-audit.ts';
import { usingDatabase } from '../../src/core/database/open-database.ts';
import { runJobs } from '../../src/core/jobs/run-jobs.ts';
import { jobsContext, movingClock, NIGHTLY_JOBS, worksOf } from '../jobs-fixture.ts';

const [from = '', to = ''] = process.argv.slice(2);
const STEP_MS = 300_000;
const works = worksOf((job) => async ({ database, clock, run }) => {
  // Long enough for the other one to find it at work.
  await sleep(1);
  await database.transaction((transaction) =>
    appendAudit(transaction, clock, run, { action: 'job.done', subject: job, details: {} }),
  );
  return { summary: {} };
});

process.stdout.write('ready\n');
for await (const url of createInterface({ input: process.stdin })) {
  const clock = movingClock(Date.parse(from));
  let ran = 0;
  await usingDatabase({ url }, async (database) => {
    for (; clock.time <= Date.parse(to); clock.time += STEP_MS) {
      // One waits for the other's lock and then finds the job done, or leaves it alone, by turns.
      const lockWaitMs = (clock.time / STEP_MS + process.pid) % 2;
      const options = { jobs: NIGHTLY_JOBS, again: false, patient: true, lockWaitMs };
      const { results } = await runJobs(jobsContext(database, clock, works), options);
      ran += results.filter(({ outcome }) => outcome === 'done').length;
    }
  });
  process.stdout.write(`ran ${ran}\n`);
}
