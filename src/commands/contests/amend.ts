import { z } from 'zod';
import { amendRules } from '../../core/contests/amend-rules.ts';
import { readJsonDocument } from '../../core/contests/read-json-document.ts';
import { parseRules } from '../../core/contests/rules.ts';
import { showDecided } from '../_conversions/show-decided.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

export const command = defineCommand({
  name: 'contests amend',
  summary: 'Change the rules of a launched contest, on record',
  description:
    'Replaces the rules of a contest by another document, says first what would change in it and on the leaderboard, and keeps both versions in the audit log. Once the contest is launched it needs --confirm SLUG, since participants were promised the old rules. Its referrals are decided anew at once; rewards follow with `rewards compute`.',
  arguments: [{ syntax: '<slug>', description: 'the contest' }],
  options: [{ flags: '--rules <file>', description: 'the new rules document (JSON)' }],
  examples: [
    {
      line: 'referral contests amend summer-referral --rules rules.json --dry-run',
      explains: 'what would change?',
    },
    {
      line: `echo '{"scoring":{"points_per_referral":20}}' | referral contests amend summer-referral --rules - --confirm summer-referral --json`,
      explains: 'change them, confirmed by name',
    },
    {
      line: `echo '{"scoring":{"points_per_referral":20}}' | referral contests amend summer-referral --rules - --yes`,
      explains: '--yes is not enough for a promise',
      exitCode: 16,
    },
  ],
  exitCodes: [5, 10, 14, 16, 17],
  changes: true,
  input: z.object({ slug: z.string(), rules: z.string({ error: 'a rules document is needed' }) }),
  async run(context, { slug, rules: file }) {
    return context.usingRun(async (database, run) => {
      const rules = parseRules(await readJsonDocument(await context.openInput(file), file));
      const amend = (rollback: boolean) =>
        showDecided(context, (deciding) =>
          database.transaction(
            (trx) => amendRules(trx, { clock: context.clock, run, ...deciding }, slug, rules),
            { rollback },
          ),
        );
      const planned = await amend(true);
      const dry_run = context.globals.dryRun;
      if (dry_run || planned.changes.length === 0) return { kind: 'object', data: { ...planned, dry_run } };
      // With --json an error stays the only line on stderr; the result lists the changes, as --dry-run does before.
      if (context.globals.format !== 'json') tellChanges(context, planned);
      if (planned.status !== 'draft') {
        await context.confirm({
          question: `Change the rules of "${slug}" in ${planned.changes.length} places?`,
          name: slug,
          irreversible: true,
        });
      }
      const data = await amend(false);
      return {
        kind: 'object',
        data: { ...data, dry_run },
        next: [`referral rewards compute --contest ${slug}`],
      };
    });
  },
});

function tellChanges(
  context: Context,
  { changes, entries, entries_changed }: Awaited<ReturnType<typeof amendRules>>,
): void {
  for (const { path, before, after } of changes) {
    context.note(`${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  }
  context.note(`${entries_changed} of ${entries} entries of the leaderboard would change.`);
}
