import { resolve } from 'node:path';
import { z } from 'zod';
import { eraseCustomers } from '../../core/customers/erase-customers.ts';
import type { NamedPeople } from '../../core/customers/using-named-people.ts';
import type { Database } from '../../core/database/database.ts';
import { PEOPLE_ARGUMENTS, PEOPLE_OPTIONS, peopleFields, usingPeople } from '../_people/people-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'customers erase',
  summary: 'Forget people for good, and never mail them again',
  description: `Takes e-mail, names, phone, language, time zone and attributes of people out of every table, and their mails out of the outbox. Their customer_id, totals, rewards and places on leaderboards stay, and a keyed hash of each address, so that no later import has them mailed. It can't be undone, so it asks, or takes --yes; above the setting confirm_above it needs --confirm with the name of the database. Backups made before keep what they have until they are pruned.`,
  arguments: PEOPLE_ARGUMENTS,
  options: PEOPLE_OPTIONS,
  examples: [
    { line: 'referral customers erase C-0005 --yes', explains: 'one customer' },
    {
      line: 'referral customers erase --where "consent = withdrawn" --dry-run',
      explains: 'count whom it would concern, and change nothing',
    },
    {
      line: 'referral customers erase C-0006 --no-input',
      explains: 'without a confirmation nothing is done',
      exitCode: 16,
    },
  ],
  exitCodes: [3, 5, 10, 14, 16],
  changes: true,
  input: z.object(peopleFields),
  async run(context, input) {
    const { clock, globals } = context;
    const outbox = resolve(context.io.directory, (await context.config()).outbox.directory);
    return context.usingRun(async (database, run) => {
      const keyring = await context.keyring(database);
      const dependencies = { clock, run, keyring, outbox, dryRun: globals.dryRun };
      const naming = { allowStrangers: false };
      const data = await usingPeople(context, database, input, naming, async (own, found) => {
        await confirmErasing(context, own, found);
        return showInterruptible(context, 'erasing people', (onProgress) =>
          eraseCustomers(own, { ...dependencies, onProgress }, found),
        );
      });
      if (data.erased > 0 && !data.reclaimed && !data.dry_run) {
        context.warn('The database is in use: old values stay in its file until it is vacuumed.');
      }
      return { kind: 'object', data, ...(data.not_found > 0 ? { exitCode: 3 as const } : {}) };
    });
  },
});

async function confirmErasing(
  context: Context,
  database: Database,
  { customers, only }: NamedPeople,
): Promise<void> {
  if (customers === 0) return;
  await context.confirm(
    {
      question: `Erase ${only ?? `${customers} customers`} for good?`,
      name: only ?? database.name,
      people: customers,
    },
    database,
  );
}
