import { z } from 'zod';
import { verifyAudit } from '../../core/audit/verify-audit.ts';
import { defineCommand } from '../_runtime/command.ts';

export const command = defineCommand({
  name: 'audit verify',
  summary: 'Check that nobody edited the audit log',
  description: `Walks the log from its first entry: every hash must be that of its entry, every entry must name the hash before it, no number may be left out, and the newest entry must be the one last written. Ends with 6 and names the sequence number where something is wrong.`,
  examples: [
    { line: 'referral audit verify', explains: 'check the whole log' },
    { line: 'referral audit verify --json', explains: 'the same as JSON' },
    { line: 'referral audit verify --quiet && echo intact', explains: 'in a script' },
  ],
  exitCodes: [6, 10],
  changes: false,
  input: z.object({}),
  async run(context) {
    const found = await context.usingDatabase((database) => database.snapshot(verifyAudit));
    return { kind: 'object', data: found, exitCode: found.intact ? 0 : 6 };
  },
});
