import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { cutAudit } from '../../core/audit/cut-audit.ts';
import { auditFileName } from '../../core/jobs/prune-logs.ts';
import { parseBefore } from '../../core/time-before.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'audit prune',
  summary: 'Cut old entries off the audit log, into a file',
  description:
    'Writes the entries before a time into a file, reads it back, and deletes them, in the transaction that puts the cut on record; the newest entry always stays. The chain goes on: `audit verify` proves what is left, and with --archive FILE everything that ever was. A log that is not intact is not cut. Keep the file, readable by its owner only, where you keep backups. On PostgreSQL only the owner of the tables can do this.',
  options: [
    { flags: '--before <time>', description: 'a time, or an age: 400d' },
    {
      flags: '--to <file>',
      description: 'where they go: a new file, or a folder',
      defaultText: 'this folder',
    },
  ],
  examples: [
    { line: 'referral audit prune --before 400d --dry-run', explains: 'how many that would be' },
    { line: 'referral audit prune --before 400d', explains: 'into a file named after its entries' },
    {
      line: 'referral audit prune --before 2026-01-01 --to old-audit.ndjson --confirm referral.db',
      explains: 'into this file, from a script',
    },
  ],
  exitCodes: [6, 10, 11, 16],
  changes: true,
  input: z.object({
    before: z.string({ error: 'is required: --before 400d' }),
    to: z.string().min(1).default('.'),
  }),
  async run(context, { before: text, to }) {
    const { clock, globals, io } = context;
    const { timezone } = await context.config();
    const before = parseBefore(text, '--before', clock, globals.timezone ?? timezone);
    const place = resolve(io.directory, to);
    const isFolder = existsSync(place) && statSync(place).isDirectory();
    const file = (from: number, last: number) => (isFolder ? join(place, auditFileName(from, last)) : place);
    return context.usingRun(
      async (database, run) => {
        const cut = (dryRun: boolean) => cutAudit({ database, clock, run }, { before, file, dryRun });
        if (!globals.dryRun) {
          const { entries } = await cut(true);
          const question = `Cut ${entries} entries off the audit log of ${database.name}?`;
          if (entries > 0) await context.confirm({ question, name: database.name, irreversible: true });
        }
        return { kind: 'object', data: { ...(await cut(globals.dryRun)), before, dry_run: globals.dryRun } };
      },
      { lock: 'audit' },
    );
  },
});
