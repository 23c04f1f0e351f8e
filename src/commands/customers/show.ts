import { z } from 'zod';
import { showCustomer } from '../../core/customers/show-customer.ts';
import { listPeople, PEOPLE_ARGUMENTS, PEOPLE_OPTIONS, peopleFields } from '../_people/people-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'customers show',
  summary: 'Show one customer, or all that is held about them',
  description: `Fields, attributes, suppression, segment, contests and codes of a customer. --everything adds mails, events, bookings, sign-ups, referrals and rewards: the answer to a person who asks what is known about them. Several people make a list.`,
  arguments: PEOPLE_ARGUMENTS,
  options: [
    ...PEOPLE_OPTIONS,
    ...PAGE_OPTIONS,
    { flags: '--everything', description: 'all that the database holds about the person' },
  ],
  examples: [
    { line: 'referral customers show C-0001', explains: 'one customer' },
    { line: 'referral customers show C-0001 --everything --json', explains: 'all that is held, as JSON' },
    { line: 'referral customers show C-9999999', explains: 'a customer who is not there', exitCode: 5 },
  ],
  exitCodes: [5, 10, 14],
  changes: false,
  input: z.object({ ...peopleFields, ...pageFields, everything: z.boolean().default(false) }),
  async run(context, { everything, limit, offset, ...input }) {
    const now = context.clock.now();
    return context.usingDatabase(async (database) => {
      const keyring = await context.keyring(database);
      const people = await listPeople(context, database, input);
      const shown: object[] = [];
      for (const { id } of people.slice(offset, limit === undefined ? undefined : offset + limit)) {
        shown.push(await showCustomer(database.queries, id, { keyring, now, everything }));
      }
      const [first] = shown;
      if (first !== undefined && people.length === 1 && input.where.length === 0)
        return { kind: 'object', data: first };
      const columns = ['customer_id', 'email', 'first_name', 'last_name', 'consent', 'suppressed', 'segment'];
      return {
        kind: 'list',
        columns: columns.map((key) => ({ key })),
        rows: shown.map((row) => ({ ...row })),
      };
    });
  },
});
