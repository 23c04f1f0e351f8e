import { z } from 'zod';
import {
  type ContestDocument,
  parseContestDocument,
  parseContestFacts,
} from '../../core/contests/contest-document.ts';
import { createContest } from '../../core/contests/create-contest.ts';
import { readJsonDocument } from '../../core/contests/read-json-document.ts';
import { withRuleDefaults } from '../../core/contests/rule-defaults.ts';
import { parseRules } from '../../core/contests/rules.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

const text = z.string().optional();

export const command = defineCommand({
  name: 'contests create',
  summary: 'Create a contest, as a draft',
  description:
    'Creates a contest with its window, its benefit and its rules; nobody is enrolled before `contests launch`. Times without a zone are in --timezone, else in the configured zone. An unknown key in the rules is refused, never ignored. --from reads everything from one JSON document; flags go before it.',
  arguments: [{ syntax: '<slug>', description: 'lower-case letters, digits and hyphens' }],
  options: [
    { flags: '--name <text>', description: 'what participants read' },
    { flags: '--benefit <text>', description: 'what there is to win, in one line' },
    { flags: '--description <text>', description: 'more about it' },
    { flags: '--starts-at <time>', description: 'its first moment' },
    { flags: '--ends-at <time>', description: 'the first moment after it' },
    { flags: '--duration <duration>', description: 'instead of --ends-at: 30d, 12h' },
    { flags: '--rules <file>', description: 'rules document (JSON); without it, the defaults' },
    { flags: '--from <file>', description: 'everything in one JSON document' },
  ],
  examples: [
    {
      line: 'referral contests create autumn-referral --name "Autumn of Friends" --benefit "€25 for each friend" --starts-at 2027-09-01 --duration 30d --timezone Europe/Amsterdam --rules rules.json',
      explains: 'thirty days from the first of September, Dutch time',
    },
    {
      line: 'referral contests create winter-referral --name Winter --benefit "A free week" --starts-at 2027-12-01T09:00 --ends-at 2028-01-01 --dry-run',
      explains: 'with the default rules; only says what would be created',
    },
    {
      line: `echo '{"name":"Spring","benefit":"A badge","starts_at":"2027-03-01","duration":"30d","rules":{"scoring":{"points_per_referral":10}}}' | referral contests create spring-referral --from - --json`,
      explains: 'everything from one document on standard input',
    },
  ],
  exitCodes: [10, 14, 17],
  changes: true,
  input: z.object({
    slug: z.string(),
    name: text,
    benefit: text,
    description: text,
    startsAt: text,
    endsAt: text,
    duration: text,
    rules: text,
    from: text,
  }),
  async run(context, input) {
    const config = await context.config();
    const defaults = { timezone: config.timezone };
    const flags = flagsOf(context, input);
    // Without a document the flags are all there is, so what is wrong with them is said before anything is opened.
    if (input.from === undefined) parseContestFacts(input.slug, flags, defaults);
    return context.usingRun(async (database, run) => {
      const document = mergeDocuments(
        input.from === undefined ? {} : parseContestDocument(await readFile(context, input.from)),
        flags,
      );
      const facts = parseContestFacts(input.slug, document, defaults);
      const given = input.rules === undefined ? (document.rules ?? {}) : await readFile(context, input.rules);
      const rules = parseRules(withRuleDefaults(given, config));
      const created = await database.transaction(
        (trx) => createContest(trx, { clock: context.clock, run }, facts, rules),
        { rollback: context.globals.dryRun },
      );
      const { slug, ...rest } = created;
      return {
        kind: 'object',
        data: { contest: slug, ...rest, dry_run: context.globals.dryRun },
        next: [`referral contests launch ${slug}`],
      };
    });
  },
});

async function readFile(context: Context, file: string): Promise<unknown> {
  return readJsonDocument(await context.openInput(file), file);
}

function flagsOf(
  context: Context,
  input: Readonly<
    Partial<
      Record<'name' | 'benefit' | 'description' | 'startsAt' | 'endsAt' | 'duration', string | undefined>
    >
  >,
): ContestDocument {
  const flags = {
    name: input.name,
    benefit: input.benefit,
    description: input.description,
    starts_at: input.startsAt,
    ends_at: input.endsAt,
    duration: input.duration,
    timezone: context.globals.timezone,
  };
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}

// `--duration` on the command line replaces an `ends_at` in the document, and the other way round.
function mergeDocuments(document: ContestDocument, flags: ContestDocument): ContestDocument {
  const { ends_at, duration, ...rest } = document;
  const end = flags.ends_at === undefined && flags.duration === undefined ? { ends_at, duration } : {};
  const merged = { ...rest, ...end, ...flags };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}
