import { z } from 'zod';
import { bookingFields } from '../../core/conversions/booking-fields.ts';
import { createStatusMap } from '../../core/conversions/parse-booking-status.ts';
import { parseColumnOverrides } from '../../core/csv/map-columns.ts';
import { customerImportFields } from '../../core/customers/customer-import-fields.ts';
import { saveProfile } from '../../core/customers/profiles.ts';
import { ReferralError } from '../../core/errors.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'profiles save',
  summary: 'Keep a mapping under a name',
  description:
    'Keeps what --map and --status-map say, in place of an older profile of that name. A flag on the command line of an import wins over its profile.',
  arguments: [{ syntax: '<name>', description: 'letters, digits, - and _' }],
  options: [
    {
      flags: '--kind <kind>',
      description: 'what it maps',
      choices: ['customers', 'bookings'],
      defaultText: 'customers, or bookings where only a booking has these',
    },
    { flags: '--map <column=field>', description: 'this column is that field', repeatable: true },
    {
      flags: '--status-map <value=status>',
      description: 'this value is that booking status',
      repeatable: true,
    },
  ],
  examples: [
    {
      line: 'referral profiles save crm --map "Klant=customer_id" --map "Mail=email"',
      explains: 'for customers import',
    },
    {
      line: 'referral profiles save hotel --kind bookings --map "Ref=booking_reference" --status-map "Check-Out=completed"',
      explains: 'for conversions import',
    },
    {
      line: 'referral profiles save crm --map "Mail=emial"',
      explains: 'a field that does not exist',
      exitCode: 2,
    },
  ],
  exitCodes: [10],
  changes: true,
  input: z.object({
    name: z.string().regex(/^[\w-]{1,64}$/, 'a name has letters, digits, - and _'),
    kind: z.enum(['customers', 'bookings']).optional(),
    map: z.array(z.string()).default([]),
    statusMap: z.array(z.string()).default([]),
  }),
  async run(context, { name, kind: given, map, statusMap }) {
    const kind = given ?? kindOf(map, statusMap);
    const overrides = parseColumnOverrides(map, kind === 'customers' ? customerImportFields : bookingFields);
    createStatusMap(statusMap);
    if (map.length + statusMap.length === 0) {
      throw new ReferralError('usage', 'A profile needs a mapping', { hint: 'Add --map "column=field".' });
    }
    const definition = {
      map: Object.fromEntries(overrides.map(({ column, target }) => [column, target])),
      status_map: Object.fromEntries(statusMap.map(splitStatus)),
    };
    const { clock, globals } = context;
    const { dryRun } = globals;
    return context.usingRun(async (database, run) => {
      const saved = await saveProfile(database, { clock, run, dryRun }, { name, kind, definition });
      return { kind: 'object', data: { ...saved, dry_run: dryRun } };
    });
  },
});

function splitStatus(text: string): [string, string] {
  const at = text.lastIndexOf('=');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** A status map, or a field that only bookings have, tells what the mapping is for. */
function kindOf(map: readonly string[], statusMap: readonly string[]): 'customers' | 'bookings' {
  const ofCustomers = new Set(customerImportFields.map((field) => field.name));
  const ofBookings = new Set(bookingFields.map((field) => field.name));
  const targets = map.map((text) => text.slice(text.lastIndexOf('=') + 1).trim());
  const isBooking = targets.some((name) => ofBookings.has(name) && !ofCustomers.has(name));
  return statusMap.length > 0 || isBooking ? 'bookings' : 'customers';
}
