import { z } from 'zod';
import { suppressPeople } from '../../core/customers/suppress-people.ts';
import { PEOPLE_ARGUMENTS, PEOPLE_OPTIONS, peopleFields, usingPeople } from '../_people/people-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'customers suppress',
  summary: 'Never mail these people again',
  description: `Suppresses the addresses of people, and any address that is named, whether or not it belongs to a customer. Only a keyed hash of the address is kept, so that no import, restore or export brings it back; nothing else about the people changes. Undo it with: referral customers unsuppress.`,
  arguments: PEOPLE_ARGUMENTS,
  options: PEOPLE_OPTIONS,
  examples: [
    { line: 'referral customers suppress C-0001', explains: 'one customer' },
    { line: 'referral customers suppress someone@example.net', explains: 'an address, customer or not' },
    {
      line: 'referral customers suppress --where "country = FR" --dry-run --json',
      explains: 'count whom it would concern, and change nothing',
    },
  ],
  exitCodes: [3, 5, 10, 14],
  changes: true,
  input: z.object(peopleFields),
  async run(context, input) {
    const { clock, globals } = context;
    return context.usingRun(async (database, run) => {
      const keyring = await context.keyring(database);
      const dependencies = { clock, run, keyring, dryRun: globals.dryRun };
      const naming = { allowStrangers: true };
      const data = await usingPeople(context, database, input, naming, (own, found) =>
        showInterruptible(context, 'suppressing addresses', (onProgress) =>
          suppressPeople(own, { ...dependencies, onProgress }, found),
        ),
      );
      return { kind: 'object', data, ...(data.not_found > 0 ? { exitCode: 3 as const } : {}) };
    });
  },
});
