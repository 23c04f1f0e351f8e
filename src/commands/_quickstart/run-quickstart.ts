import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DemoCalendar, demoCalendar } from '../../core/demo/demo-calendar.ts';
import { ReferralError } from '../../core/errors.ts';
import type { CommandOutcome, Context } from '../_runtime/context.ts';
import type { DemoPlace } from './demo-place.ts';
import { prepareBookings, prepareEvents, prepareFolder } from './prepare-demo.ts';
import { type QuickstartStep, quickstartSteps } from './quickstart-steps.ts';
import { showCommand } from './show-command.ts';

export interface StepReport {
  readonly command: string;
  readonly duration_ms: number;
}

export interface QuickstartReport {
  readonly dir: string;
  readonly database: string;
  readonly report: string;
  readonly steps: readonly StepReport[];
  readonly duration_ms: number;
}

/** Runs the whole job, step by step, narrating each with the command that a user would type. */
export async function runQuickstart(context: Context, place: DemoPlace): Promise<QuickstartReport> {
  const { clock, signal } = context;
  const startedAt = clock.milliseconds();
  const { isNew } = await prepareFolder(place.folder, demoCalendar(clock));
  const calendar = isNew ? demoCalendar(clock) : presentCalendar(demoCalendar(clock));
  context.note(
    `A contest on demo data, in the folder ${place.dir}. Each step shows what you would type there.`,
  );
  const reports: StepReport[] = [];
  for (const step of quickstartSteps(calendar)) {
    if (step.once === true && !isNew) continue;
    if (signal.aborted) {
      throw new ReferralError('interrupted', 'The quickstart was interrupted', {
        hint: 'Run it again in a new folder: referral quickstart --dir demo2',
      });
    }
    reports.push(await runStep(context, place, calendar, step));
  }
  return {
    dir: place.dir,
    database: place.database,
    report: join(place.dir, 'report.html'),
    steps: reports,
    duration_ms: clock.milliseconds() - startedAt,
  };
}

// The second time nothing is played in the past: the clock of a database must not run backwards.
function presentCalendar(calendar: DemoCalendar): DemoCalendar {
  return { ...calendar, clockOnDay: () => calendar.clockOnDay(Number.POSITIVE_INFINITY) };
}

async function runStep(
  context: Context,
  place: DemoPlace,
  calendar: DemoCalendar,
  step: QuickstartStep,
): Promise<StepReport> {
  if (step.preparation === 'provider_events') await prepareEvents(place);
  if (step.preparation === 'booking_exports') await prepareBookings(place, calendar);
  const words = [...fillWords(step.words, place.folder), ...place.databaseWords];
  const command = showCommand(words);
  context.note(`\n${step.title}\n  $ ${command}`);
  const startedAt = context.clock.milliseconds();
  const outcome = await context.runCommand(words, {
    directory: place.folder,
    environment: demoEnvironment(context.io.environment, place.folder),
    clock: calendar.clockOnDay(step.day),
  });
  checkOutcome(step, command, outcome);
  for (const line of worthShowing(outcome, step.lines ?? 8)) context.note(`    ${line}`);
  return { command, duration_ms: context.clock.milliseconds() - startedAt };
}

function checkOutcome(
  step: QuickstartStep,
  command: string,
  { exitCode, stdout, stderr }: CommandOutcome,
): void {
  if (exitCode === 0 || (exitCode === 3 && step.refusesSome === true)) return;
  throw new ReferralError(
    'check_failed',
    `A step of the quickstart failed with exit code ${exitCode}: ${command}`,
    {
      reason: `${stderr}${stdout}`.trim().split('\n').join('\n  '),
      hint: 'Remove the folder and start again; if it fails again, please report it.',
    },
  );
}

function worthShowing({ stdout, stderr }: CommandOutcome, most: number): readonly string[] {
  const lines = `${stdout}${stdout === '' ? stderr : ''}`
    .split('\n')
    .filter((line) => !/^\s*$|^dry run/.test(line));
  return lines.length > most ? [...lines.slice(0, most), `… ${lines.length - most} more lines`] : lines;
}

function fillWords(words: readonly string[], folder: string): readonly string[] {
  return words.map((word) => {
    if (word === '{digest}') return stringIn(join(folder, 'plan.json'), 'digest');
    if (word === '{backup}') return stringIn(join(folder, 'backup.json'), 'id');
    return word;
  });
}

function stringIn(file: string, key: string): string {
  const document = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  return String(document[key]);
}

/** The demo must not touch the operator's own installation: its variables and user-wide configuration are left out. */
function demoEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): Readonly<Record<string, string | undefined>> {
  const own = Object.entries(environment).filter(
    ([name]) => !/^(REFERRAL_|SENDGRID_)/.test(name) || name === 'REFERRAL_OPERATOR',
  );
  return { ...Object.fromEntries(own), XDG_CONFIG_HOME: join(folder, '.config') };
}
