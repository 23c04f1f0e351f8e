import { z } from 'zod';
import { type DecisionVerb, decideReferrals } from '../../core/conversions/decide-referrals.ts';
import { listReferralIds } from '../../core/conversions/list-referrals.ts';
import { readIds } from '../../core/conversions/read-ids.ts';
import type { Queries } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { type Command, defineCommand, type Example } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { showDecided } from './show-decided.ts';

const input = z.object({
  ids: z.array(z.coerce.number({ error: 'an id is a whole number' }).int().positive()).default([]),
  file: z.string().optional(),
  contest: z.string().optional(),
  where: z.array(z.string()).default([]),
  reason: z.string().default(''),
});

type Input = z.infer<typeof input>;

interface DecideSpec {
  readonly verb: DecisionVerb;
  readonly summary: string;
  readonly description: string;
  readonly examples: readonly Example[];
}

/** `conversions approve`, `reject` and `reverse`: one command in three words. */
export function decideCommand({ verb, summary, description, examples }: DecideSpec): Command<Input> {
  return defineCommand({
    name: `conversions ${verb}`,
    summary,
    description: `${description} Name referrals by id, by --file (a list as CSV, or one id on each line), or by --where; what can't be decided so is listed with the reason.`,
    arguments: [{ syntax: '[ids...]', description: 'ids of referrals, as conversions list prints them' }],
    options: [
      { flags: '--file <file>', description: 'read the ids from a file; - is standard input' },
      {
        flags: '--where <condition>',
        description: 'all that fulfil it, such as "reason ~ fraud"',
        repeatable: true,
      },
      { flags: '--contest <slug>', description: 'with --where: of this contest only' },
      { flags: '--reason <text>', description: 'kept with the decision' },
    ],
    examples,
    exitCodes: [3, 5, 10, 11, 14, 17],
    changes: true,
    input,
    async run(context, options) {
      checkUsage(verb, options);
      const { clock, globals } = context;
      const { timezone } = await context.config();
      return context.usingRun(
        async (database, run) => {
          const ids = await collectIds(context, database.queries, options, timezone);
          const data = await showDecided(context, (deciding) =>
            decideReferrals(
              { database, clock, run, ...deciding },
              { ids, decision: verb, reason: options.reason, dryRun: globals.dryRun },
            ),
          );
          return { kind: 'object', data, ...(data.refused.length > 0 ? { exitCode: 3 as const } : {}) };
        },
        { lock: 'bookings' },
      );
    },
  });
}

function checkUsage(verb: DecisionVerb, { ids, file, where }: Input): void {
  if (ids.length > 0 || file !== undefined || where.length > 0) return;
  throw new ReferralError('usage', `conversions ${verb} needs to know which`, {
    hint: 'Give ids, or --file FILE, or --where CONDITION.',
  });
}

async function collectIds(
  context: Context,
  queries: Queries,
  { ids, file, where, contest }: Input,
  timezone: string,
): Promise<readonly number[]> {
  const fromFile = file === undefined ? [] : await readIds(await context.openInput(file));
  const scope = { where, contest, now: context.clock.now(), timezone };
  const selected = where.length === 0 ? [] : await listReferralIds(queries, scope);
  return [...ids, ...fromFile, ...selected];
}
