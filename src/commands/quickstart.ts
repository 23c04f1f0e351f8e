import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { demoCalendar } from '../core/demo/demo-calendar.ts';
import { quickstartSteps } from './_quickstart/quickstart-steps.ts';
import { runQuickstart } from './_quickstart/run-quickstart.ts';
import { showCommand } from './_quickstart/show-command.ts';
import { defineCommand } from './_runtime/command.ts';
import { createRedactor } from './_runtime/redact.ts';
import type { Result } from './_runtime/result.ts';

export const command = defineCommand({
  name: 'quickstart',
  summary: 'Run a whole contest on demo data',
  description:
    'Runs the whole job in a folder of its own, on an embedded SQLite file and demo data, and says at each step what you would type: import customers, launch a contest, send a campaign to the outbox, take in events and bookings, rank, reward, report, back up. It needs no account and no network, mails nobody and leaves your own configuration alone. In a folder where it ran before it takes in the same files again, which changes nothing.',
  options: [{ flags: '--dir <dir>', description: 'the folder to fill', defaultText: 'referral-demo' }],
  examples: [
    { line: 'referral quickstart --dir demo', explains: 'The whole job, in the folder demo' },
    { line: 'referral quickstart --dir demo --json', explains: 'The same, with the steps as JSON' },
    { line: 'referral quickstart --dir demo --quiet', explains: 'Only the result' },
  ],
  exitCodes: [6, 17],
  changes: true,
  input: z.object({ dir: z.string().min(1).default('referral-demo'), database: z.string().optional() }),
  async run(context, { dir, database }) {
    if (context.globals.dryRun) return planQuickstart(context.clock, dir);
    const folder = resolve(context.io.directory, dir);
    const report = await runQuickstart(context, {
      dir,
      folder,
      database: database ?? `sqlite:${join(folder, 'referral.db')}`,
      databaseWords: database === undefined ? [] : ['--database', database],
    });
    const { redact } = createRedactor();
    const shown = { ...report, database: redact(report.database) };
    const goodbye = farewell(dir, shown.database, shown.steps.length, shown.duration_ms);
    return {
      kind: 'object',
      data: { ...shown, steps: shown.steps.map((step) => ({ ...step, command: redact(step.command) })) },
      text: goodbye,
      // In a pipe standard output is for a script; a person reads the same beside it.
      ...(context.io.stdoutIsTerminal ? {} : { next: [`\n${goodbye.trimEnd()}`] }),
    };
  },
});

function planQuickstart(clock: Clock, dir: string): Result {
  const steps = quickstartSteps(demoCalendar(clock)).map(({ words }) => ({
    command: showCommand(words),
    duration_ms: 0,
  }));
  const data = {
    dir,
    database: `sqlite:${join(dir, 'referral.db')}`,
    report: join(dir, 'report.html'),
    steps,
    duration_ms: 0,
  };
  const text = ['Would run, in a new folder:', ...steps.map(({ command: line }) => `  ${line}`)].join('\n');
  return { kind: 'object', data: { ...data, dry_run: true }, text };
}

function farewell(dir: string, database: string, steps: number, durationMs: number): string {
  return `
Done: ${steps} steps in ${(durationMs / 1_000).toFixed(1)} s. What lies where:
  ${dir}/report.html      the report: open it in a browser
  ${dir}/outbox/          the mails, one .eml file each: open one in a mail program
  ${dir}/leaderboard.csv  the standings; referrals.csv and rewards.csv beside it
  ${dir}/rejects.csv      the customer rows that were refused, with the reason
  ${dir}/backups/         the verified backup
  ${database}

What to try next:
  cd ${dir}
  referral customers list --where "segment = power_user" --limit 5
  referral campaigns status summer-launch
  referral rewards balance
  referral doctor
  referral --help
`.trimStart();
}
