import { z } from 'zod';
import { unsuppressPeople } from '../../core/customers/suppress-people.ts';
import { PEOPLE_ARGUMENTS, PEOPLE_OPTIONS, peopleFields, usingPeople } from '../_people/people-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'customers unsuppress',
  summary: 'Let suppressed people be mailed again',
  description: `Takes the suppression off the addresses of people, for whatever reason it was there. Consent is not touched: who has withdrawn it is still not mailed.`,
  arguments: PEOPLE_ARGUMENTS,
  options: PEOPLE_OPTIONS,
  examples: [
    { line: 'referral customers unsuppress C-0001', explains: 'one customer' },
    { line: 'referral customers unsuppress someone@example.net', explains: 'an address, customer or not' },
    {
      line: 'referral customers unsuppress --where "country = FR" --dry-run --json',
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
        showInterruptible(context, 'lifting suppressions', (onProgress) =>
          unsuppressPeople(own, { ...dependencies, onProgress }, found),
        ),
      );
      return { kind: 'object', data, ...(data.not_found > 0 ? { exitCode: 3 as const } : {}) };
    });
  },
});
