import { z } from 'zod';
import { unsubscribePeople } from '../../core/customers/suppress-people.ts';
import { PEOPLE_OPTIONS, peopleFields, usingPeople } from '../_people/people-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'customers unsubscribe',
  summary: 'Take it from people that they want no more mail',
  description: `Withdraws consent and suppresses the address. People are named by customer_id, by address, or by the link or token of a mail's unsubscribe link, also in a file of them, as a web server logs them. An address that belongs to no customer is suppressed alone.`,
  arguments: [{ syntax: '[people...]', description: 'customer_ids, addresses, or unsubscribe links' }],
  options: PEOPLE_OPTIONS,
  examples: [
    { line: 'referral customers unsubscribe C-0002', explains: 'one customer' },
    { line: 'referral customers unsubscribe someone@example.net', explains: 'an address' },
    {
      line: 'printf "C-0003\\nC-0004\\n" | referral customers unsubscribe --file - --json',
      explains: 'a list of people',
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
      const naming = { allowStrangers: true, keyring };
      const data = await usingPeople(context, database, input, naming, (own, found) =>
        showInterruptible(context, 'unsubscribing people', (onProgress) =>
          unsubscribePeople(own, { ...dependencies, onProgress }, found),
        ),
      );
      return { kind: 'object', data, ...(data.not_found > 0 ? { exitCode: 3 as const } : {}) };
    });
  },
});
