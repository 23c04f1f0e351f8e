import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usingDatabase } from '../../core/database/open-database.ts';
import { dealCodes } from '../../core/demo/deal-codes.ts';
import type { DemoCalendar } from '../../core/demo/demo-calendar.ts';
import { listAcceptedMails, listActiveCodes } from '../../core/demo/demo-queries.ts';
import { pretendEvents } from '../../core/demo/pretend-events.ts';
import { ReferralError } from '../../core/errors.ts';
import { packageRoot } from '../../core/package.ts';
import type { DemoPlace } from './demo-place.ts';
import { CAMPAIGN, CONTEST } from './quickstart-steps.ts';

const MARKER = 'referral.config.json';
const EVENT_SEED = 2026;

/** Lays the input files into the folder; a folder in which the demo ran before is used as it is. */
export async function prepareFolder(
  folder: string,
  calendar: DemoCalendar,
): Promise<{ readonly isNew: boolean }> {
  if (existsSync(join(folder, MARKER)) && existsSync(join(folder, 'customers.csv'))) return { isNew: false };
  if (existsSync(folder) && (await readdir(folder)).length > 0) {
    throw new ReferralError('state_forbids', `The folder is not empty and holds no demo: ${folder}`, {
      hint: 'Name a new folder: referral quickstart --dir demo',
    });
  }
  await mkdir(folder, { recursive: true });
  const customers = await readFixture('customers.csv');
  await writeFile(join(folder, 'customers.csv'), dealCodes(customers, new Map(), calendar.shiftDays));
  await writeFile(join(folder, 'rules.json'), await readFixture('rules.json'));
  const config = { database: { url: 'sqlite:referral.db' }, timezone: 'Europe/Amsterdam', currency: 'EUR' };
  await writeFile(join(folder, MARKER), `${JSON.stringify(config, null, 2)}\n`);
  return { isNew: true };
}

/** Plays the mail provider: writes what it would report of the mails that were accepted. */
export async function prepareEvents({ folder, database }: DemoPlace): Promise<void> {
  const path = join(folder, 'events.json');
  if (existsSync(path)) return;
  const mails = await usingDatabase({ url: database }, ({ queries }) => listAcceptedMails(queries, CAMPAIGN));
  const events = pretendEvents(mails, 'https://example.test/r', EVENT_SEED);
  await writeFile(path, `${JSON.stringify(events, null, 1)}\n`);
}

/** Plays the booking system: writes two successive exports, with the codes that the participants shared. */
export async function prepareBookings(
  { folder, database }: DemoPlace,
  calendar: DemoCalendar,
): Promise<void> {
  if (existsSync(join(folder, 'bookings-1.csv'))) return;
  const codes = await usingDatabase({ url: database }, ({ queries }) => listActiveCodes(queries, CONTEST));
  for (const [fixture, file] of [
    ['bookings.csv', 'bookings-1.csv'],
    ['bookings-update.csv', 'bookings-2.csv'],
  ] as const) {
    await writeFile(join(folder, file), dealCodes(await readFixture(fixture), codes, calendar.shiftDays));
  }
}

async function readFixture(name: string): Promise<string> {
  return readFile(join(packageRoot(), 'fixtures', name), 'utf8');
}
