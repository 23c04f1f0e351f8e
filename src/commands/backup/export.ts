import { z } from 'zod';
import { exportTable } from '../../core/backup/export-table.ts';
import {
  FROM_OPTION,
  findNamedBackup,
  findUnseal,
  ID_ARGUMENT,
  IDENTITY_OPTION,
} from '../_backup/backup-input.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Row } from '../_runtime/result.ts';

export const command = defineCommand({
  name: 'backup export',
  summary: 'Write one table of a backup, as it was then',
  description:
    'To look something up, or to compare it with the table of now, without restoring anything. Every row in the order of its key, with the columns of the database; each file is checked before a row of it is written. Needs no database.',
  arguments: [ID_ARGUMENT],
  options: [
    { flags: '--table <name>', description: 'which table; backup show lists them' },
    { flags: '--raw', description: 'CSV for machines: formulas are left as they are' },
    FROM_OPTION,
    IDENTITY_OPTION,
  ],
  examples: [
    {
      line: 'referral backup export latest --table customers --format ndjson',
      explains: 'the customers, one JSON object a line',
    },
    {
      line: 'referral backup export latest --table ledger_entries --output ledger-then.csv',
      explains: 'the ledger as CSV',
    },
    { line: 'referral backup export latest --table nothing', explains: 'no such table', exitCode: 5 },
  ],
  exitCodes: [4, 5, 14, 15],
  changes: false,
  input: z.object({
    id: z.string().min(1),
    table: z.string().min(1),
    raw: z.boolean().default(false),
    from: z.string().min(1).optional(),
    identityFile: z.string().min(1).optional(),
  }),
  async run(context, { id, table, raw, from, identityFile }) {
    const found = await findNamedBackup(context, id, from);
    const { columns, rows } = await exportTable(found, table, await findUnseal(context, identityFile));
    return {
      kind: 'list',
      columns: columns.map((key) => ({ key })),
      rows: rows as AsyncIterable<Row>,
      raw,
      pipeFormat: 'csv',
    };
  },
});
