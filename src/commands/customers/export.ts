import { z } from 'zod';
import { flattenPerson } from '../../core/customers/flatten-person.ts';
import { showCustomer } from '../../core/customers/show-customer.ts';
import { withoutErased } from '../../core/customers/without-erased.ts';
import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { listPeople } from '../_people/people-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import type { Result } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'customers export',
  summary: 'Write customers with every field, as they import again',
  description: `Every field and attribute of the customers, attributes as columns attributes.NAME in CSV and XLSX and as an object in JSON. CSV in a pipe and in a file unless another --format is named or the file's ending says so; cells that a spreadsheet would run as a formula get a quote before them, which an import takes away again, and --raw leaves them as they are. A workbook goes on in a further sheet after 1,048,576 rows. --where selects as in customers list. Who was erased is left out, as there is nothing left to import, unless a condition is about erased_at. With --everything and a person's customer_id or address, all that is held about that person: one object in JSON, a row for each field in CSV.`,
  arguments: [{ syntax: '[person]', description: 'a customer_id or an address, with --everything' }],
  options: [
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by AND',
      repeatable: true,
    },
    { flags: '--raw', description: 'CSV for machines: formulas are left as they are' },
    { flags: '--everything', description: 'all that the database holds about one person' },
    ...PAGE_OPTIONS,
  ],
  fileFormats: ['xlsx'],
  examples: [
    { line: 'referral customers export --format csv -o export.csv', explains: 'everyone, into a file' },
    {
      line: 'referral customers export --where "consent = granted" --format ndjson',
      explains: 'one JSON object a line',
    },
    {
      line: 'referral customers export --where "country = NL" -o nl.xlsx',
      explains: 'one country, as a workbook',
    },
    {
      line: 'referral customers export C-0001 --everything --format csv',
      explains: 'all that is held about one person',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    person: z.string().optional(),
    where: z.array(z.string()).default([]),
    raw: z.boolean().default(false),
    everything: z.boolean().default(false),
    ...pageFields,
  }),
  async run(context, { person, everything, raw, where, limit, offset }) {
    checkUsage(context, person, everything, where);
    const { clock, globals } = context;
    return context.usingDatabase(async (database) => {
      if (person !== undefined) return exportPerson(context, database, person, raw);
      const timezone = globals.timezone ?? 'UTC';
      const selection = { where: withoutErased(where), limit, offset, now: clock.now(), timezone };
      const { openExport } = await import('../../core/reports/export/open-export.ts');
      const opened = await openExport(database, { ...selection, noun: 'customers' });
      if (globals.format === 'xlsx') {
        const { streamExportWorkbook } = await import('../../core/reports/export/stream-export-workbook.ts');
        return { kind: 'file', content: streamExportWorkbook('customers', opened) };
      }
      return {
        kind: 'list',
        columns: opened.columns.map(({ key }) => ({ key })),
        rows: opened.rows,
        formats: opened.formats,
        raw,
        pipeFormat: 'csv',
      };
    });
  },
});

function checkUsage(
  { globals }: Context,
  person: string | undefined,
  everything: boolean,
  where: readonly string[],
): void {
  const isOnePerson = everything && person !== undefined && where.length === 0;
  if (everything !== (person !== undefined) || (everything && !isOnePerson)) {
    throw new ReferralError('usage', '--everything is for one person', {
      hint: 'Write: referral customers export C-0001 --everything; several people are selected by --where, without it.',
    });
  }
  if (everything && globals.format === 'xlsx') {
    throw new ReferralError('usage', '--everything has no result in the format xlsx', {
      hint: 'Choose json or csv.',
    });
  }
}

async function exportPerson(
  context: Context,
  database: Database,
  name: string,
  raw: boolean,
): Promise<Result> {
  const keyring = await context.keyring(database);
  const input = { people: [name], where: [] };
  const people = await listPeople(context, database, input);
  const now = context.clock.now();
  const shown: object[] = [];
  for (const { id } of people)
    shown.push(await showCustomer(database.queries, id, { keyring, now, everything: true }));
  const [first = {}, ...others] = shown;
  return {
    kind: 'list',
    columns: ['customer_id', 'section', 'item', 'field', 'value'].map((key) => ({ key })),
    rows: shown.flatMap(flattenPerson).map((fact) => ({ ...fact })),
    // Two customers may share an address: then each is an object of its own.
    document: others.length === 0 ? first : shown,
    raw,
    pipeFormat: 'csv',
  };
}
