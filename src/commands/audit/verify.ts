import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { type AuditArchive, checkArchives, readAuditArchive } from '../../core/audit/audit-archive.ts';
import { parseAuditHead } from '../../core/audit/audit-document.ts';
import { checkHead, verifyAudit } from '../../core/audit/verify-audit.ts';
import { defineCommand } from '../_runtime/command.ts';
import { showInterruptible } from '../_runtime/show-progress.ts';

export const command = defineCommand({
  name: 'audit verify',
  summary: 'Check that nobody edited the audit log',
  description:
    'Walks the log from its first entry: every hash must be that of its entry, every entry must name the hash before it, no number may be left out, and the newest entry must be the one last written. With --head, the log must still hold the entry that a file names: the output of an earlier `audit verify --json`, the manifest of a backup, or {"sequence": 12, "hash": "…"}; so it shows when the end was cut off and written anew. With --archive, files of `audit prune` and `audit export` must reach from the first entry ever written to where the log begins. Ends with 6 and names the sequence number where something is wrong.',
  options: [
    { flags: '--head <file>', description: 'a head that was kept elsewhere; - is standard input' },
    {
      flags: '--archive <file>',
      description: 'entries that were cut off, or exported',
      repeatable: true,
    },
  ],
  examples: [
    { line: 'referral audit verify', explains: 'check the whole log' },
    { line: 'referral audit verify --json', explains: 'the same as JSON, with the head to keep elsewhere' },
    {
      line: 'referral audit verify --json | referral audit verify --head -',
      explains: 'against a head that was kept',
    },
    {
      line: 'referral audit export -o log.ndjson && referral audit verify --archive log.ndjson --quiet && echo intact',
      explains: 'with an export of it, in a script',
    },
  ],
  exitCodes: [6, 10, 14],
  changes: false,
  input: z.object({ head: z.string().optional(), archive: z.array(z.string()).default([]) }),
  async run(context, { head: headFile, archive: files }) {
    const head =
      headFile === undefined
        ? undefined
        : parseAuditHead(await text(await context.openInput(headFile)), headFile);
    const archives: AuditArchive[] = [];
    for (const file of files) archives.push(await readAuditArchive(file, await context.openInput(file)));
    const found = await context.usingDatabase((database) =>
      database.snapshot(async (snapshot) => {
        const log = await showInterruptible(context, 'checking entries', (onProgress) =>
          verifyAudit(snapshot, onProgress),
        );
        const headProblem = head === undefined ? undefined : await checkHead(snapshot, head);
        const problems = [
          ...log.problems,
          ...(headProblem === undefined ? [] : [headProblem]),
          ...(archives.length === 0 ? [] : checkArchives(archives, log.cut)),
        ];
        return { ...log, intact: problems.length === 0, problems };
      }),
    );
    const archived = archives.reduce((sum, { entries }) => sum + entries, 0);
    return {
      kind: 'object',
      data: { ...found, ...(archives.length === 0 ? {} : { archived }) },
      exitCode: found.intact ? 0 : 6,
    };
  },
});
