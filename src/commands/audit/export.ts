import { z } from 'zod';
import { streamEntries } from '../../core/audit/audit-archive.ts';
import { type AuditLine, formatAuditLine } from '../../core/audit/audit-document.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Row } from '../_runtime/result.ts';

const LINES = 1_000;
const COLUMNS = [
  'sequence',
  'at',
  'run_id',
  'operator',
  'action',
  'subject',
  'details',
  'previous_hash',
  'hash',
];

export const command = defineCommand({
  name: 'audit export',
  summary: 'Write the audit log, entry by entry',
  description:
    'Every entry, oldest first, one JSON object a line with every column as it was hashed: SHA-256 over the canonical JSON (RFC 8785) of an entry without `hash` is its `hash`. `audit verify --archive` checks such a file. Other formats with --format.',
  examples: [
    { line: 'referral audit export -o audit.ndjson', explains: 'the whole log into a file' },
    { line: 'referral audit export | tail -n 1', explains: 'the newest entry' },
    { line: 'referral audit export --format csv', explains: 'for a spreadsheet' },
  ],
  exitCodes: [10],
  changes: false,
  input: z.object({}),
  async run(context) {
    const { format } = context.globals;
    return context.usingDatabase(async ({ queries }) => {
      const entries = streamEntries(queries);
      if (format === undefined || format === 'ndjson') return { kind: 'file', content: linesOf(entries) };
      return { kind: 'list', columns: COLUMNS.map((key) => ({ key })), rows: rowsOf(entries) };
    });
  },
});

async function* rowsOf(entries: AsyncIterable<AuditLine>): AsyncGenerator<Row> {
  for await (const entry of entries) yield { ...entry };
}

async function* linesOf(entries: AsyncIterable<AuditLine>): AsyncGenerator<Uint8Array> {
  let lines: string[] = [];
  for await (const entry of entries) {
    if (lines.push(formatAuditLine(entry)) < LINES) continue;
    yield Buffer.from(lines.join(''));
    lines = [];
  }
  yield Buffer.from(lines.join(''));
}
