import { z } from 'zod';
import { listProfiles } from '../../core/customers/profiles.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';

export const command = defineCommand({
  name: 'profiles list',
  summary: 'List the saved mappings',
  description:
    'Mappings of columns and statuses that were saved under a name, for --profile of customers import and conversions import.',
  options: [
    { flags: '--kind <kind>', description: 'only these', choices: ['customers', 'bookings'] },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral profiles list', explains: 'all of them' },
    { line: 'referral profiles list --kind bookings', explains: 'those for conversions import' },
    { line: 'referral profiles list --json', explains: 'with their mappings, as JSON' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({ kind: z.enum(['customers', 'bookings']).optional(), ...pageFields }),
  async run(context, { kind, limit, offset }) {
    const profiles = await context.usingDatabase(({ queries }) => listProfiles(queries));
    const selected = profiles.filter((profile) => kind === undefined || profile.kind === kind);
    const page = selected.slice(offset, limit === undefined ? undefined : offset + limit);
    return {
      kind: 'list',
      columns: [
        { key: 'name' },
        { key: 'kind' },
        { key: 'map' },
        { key: 'updated_at' },
        { key: 'updated_by', wide: true },
      ],
      rows: page.map((profile) => ({ ...profile })),
    };
  },
});
