import { z } from 'zod';
import { EXPORT_NOUNS, openExport } from '../core/reports/export/open-export.ts';
import { defineCommand } from './_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from './_runtime/page-options.ts';

export const command = defineCommand({
  name: 'export',
  summary: 'Write whole tables as CSV, JSON or a workbook',
  description: `Exports ${EXPORT_NOUNS.join(', ')}: every row, in the order in which it came in, on one consistent view of the database, in flat memory. CSV in a pipe and in a file unless another --format is named or the file's ending says so. Attributes are columns attributes.NAME in CSV and XLSX and an object in JSON. Cells that a spreadsheet would run as a formula get a quote before them; --raw leaves them as they are. Changes nothing.`,
  arguments: [{ syntax: '<what>', description: `one of ${EXPORT_NOUNS.join(', ')}` }],
  options: [
    { flags: '--contest <slug>', description: 'only what belongs to this contest' },
    {
      flags: '--where <condition>',
      description: 'field op value; several are joined by AND',
      repeatable: true,
    },
    { flags: '--raw', description: 'CSV for machines: formulas are left as they are' },
    ...PAGE_OPTIONS,
  ],
  fileFormats: ['xlsx'],
  examples: [
    {
      line: 'referral export referrals --contest summer-referral --output approved.csv --where "status = approved"',
      explains: 'The approved referrals of a contest as CSV',
    },
    {
      line: 'referral export deliveries --where "campaign = summer-launch" --format ndjson',
      explains: 'What became of each mail, one JSON object a line',
    },
    {
      line: 'referral export rewards --output all-rewards.xlsx',
      explains: 'All rewards as a workbook, amounts as numbers and times as times',
    },
    {
      line: 'referral export leaderboard --contest summer-referral --format csv',
      explains: 'The whole leaderboard',
    },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({
    what: z.string().min(1),
    contest: z.string().min(1).optional(),
    where: z.array(z.string()).default([]),
    raw: z.boolean().default(false),
    ...pageFields,
  }),
  async run(context, { what, raw, ...selection }) {
    const { clock, globals } = context;
    const timezone = globals.timezone ?? (await context.config()).timezone;
    return context.usingDatabase(async (database) => {
      const request = { noun: what.replaceAll('-', '_'), ...selection, now: clock.now(), timezone };
      const opened = await openExport(database, request);
      if (globals.format === 'xlsx') {
        const { streamExportWorkbook } = await import('../core/reports/export/stream-export-workbook.ts');
        return { kind: 'file', content: streamExportWorkbook(request.noun, opened) };
      }
      const columns = opened.columns.map(({ key }) => ({ key }));
      return { kind: 'list', columns, rows: opened.rows, formats: opened.formats, raw, pipeFormat: 'csv' };
    });
  },
});
