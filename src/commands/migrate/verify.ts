import { z } from 'zod';
import { verifySchema } from '../../core/database/verify-schema.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'migrate verify',
  summary: 'Check that nobody edited a migration or the schema',
  description:
    'Compares the checksum of every applied migration with this program, and every table, column, index, constraint and trigger with the schema that the last migration left. Reads only. Ends with 6 when something differs, and names it.',
  examples: [
    { line: 'referral migrate verify', explains: 'check the database of the configuration' },
    { line: 'referral migrate verify --json', explains: 'the same as JSON' },
    { line: 'referral migrate verify --quiet && echo intact', explains: 'in a script' },
  ],
  exitCodes: [6, 10],
  changes: false,
  input: z.object({}),
  async run(context) {
    const found = await context.usingUnmigratedDatabase((database) => verifySchema(database));
    const intact =
      found.edited.length + found.drift.length + found.pending.length + found.unknown.length === 0;
    return { kind: 'object', data: { intact, ...found }, exitCode: intact ? 0 : 6 };
  },
});
