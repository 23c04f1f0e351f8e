import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { listNames, NAMED_KINDS, type NamedKind } from '../../core/names/list-names.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

/** A shell expands the words of a completion: only names that it would read as nothing else may reach it. */
const HARMLESS = /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]*$/u;

export const command = defineCommand({
  name: 'completion names',
  summary: 'Print the names that completion offers',
  description:
    'Prints what exists of a kind, one name a line, the newest first: what the completion scripts offer where a name is wanted. Without a database that can be read it prints what the program itself brings. Names that a shell would read as anything but a name are left out.',
  arguments: [{ syntax: '<kind>', description: NAMED_KINDS.join(', ') }],
  examples: [
    { line: 'referral completion names contests', explains: 'every contest' },
    { line: 'referral completion names templates', explains: 'templates, saved and shipped' },
    {
      line: 'for slug in $(referral completion names campaigns); do referral campaigns status "$slug" --json; done',
      explains: 'do something with each',
    },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({
    kind: z.enum(NAMED_KINDS, { error: `must be one of ${NAMED_KINDS.join(', ')}` }),
  }),
  async run(context, { kind }) {
    const names = (await findNames(context, kind)).filter((name) => HARMLESS.test(name));
    return { kind: 'text', text: names.join('\n') };
  },
});

/** Whoever presses tab wants no error in the middle of a line. */
async function findNames(context: Context, kind: NamedKind): Promise<readonly string[]> {
  try {
    return await context.usingDatabase(({ queries }) => listNames(queries, kind));
  } catch (error) {
    if (error instanceof ReferralError) return listNames(undefined, kind);
    throw error;
  }
}
