import { ReferralError } from '../../core/errors.ts';
import type { Confirmation, Globals } from './context.ts';
import type { Io } from './io.ts';

/**
 * Lets the work go on when it was confirmed: by `--confirm NAME`, by `--yes` where that is enough, or by a person at a
 * terminal. A pipe, a missing terminal or an empty answer never confirms anything.
 */
export async function confirm(
  confirmation: Confirmation,
  globals: Pick<Globals, 'confirm' | 'dryRun' | 'noInput' | 'yes'>,
  io: Io,
  confirmAbove: number,
): Promise<void> {
  const { question, name, people = 0, irreversible = false } = confirmation;
  if (globals.dryRun) return;
  const byName = irreversible || people > confirmAbove;
  if (globals.confirm !== undefined) {
    if (globals.confirm === name) return;
    throw new ReferralError(
      'confirmation_needed',
      `--confirm says "${globals.confirm}", but this concerns "${name}"`,
      {
        hint: `If that is what you want, add: --confirm ${name}`,
      },
    );
  }
  if (globals.yes && !byName) return;
  if (globals.noInput || globals.yes || !io.stdinIsTerminal || !io.stderrIsTerminal) {
    throw new ReferralError('confirmation_needed', `This needs a confirmation: ${question}`, {
      reason: byName ? whyByName(irreversible, people, confirmAbove) : 'Nothing was done.',
      hint: byName ? `Add: --confirm ${name}` : `Add: --yes (or --confirm ${name})`,
      details: { confirm: name, people, irreversible },
    });
  }
  const answer = byName ? await askName(question, name, io) : await askYes(question, io);
  if (!answer)
    throw new ReferralError('confirmation_needed', 'Not confirmed; nothing was done', {
      hint: 'See what it would do first with --dry-run.',
    });
}

function whyByName(irreversible: boolean, people: number, confirmAbove: number): string {
  return irreversible
    ? "It can't be undone, so --yes is not enough. Nothing was done."
    : `It concerns ${people} people, more than confirm_above (${confirmAbove}), so --yes is not enough. Nothing was done.`;
}

async function askYes(question: string, io: Io): Promise<boolean> {
  const { confirm: ask } = await import('@inquirer/prompts');
  return ask({ message: question, default: false }, { input: io.stdin, output: io.stderr });
}

async function askName(question: string, name: string, io: Io): Promise<boolean> {
  const { input: ask } = await import('@inquirer/prompts');
  const typed = await ask(
    { message: `${question} Type ${name} to confirm:` },
    { input: io.stdin, output: io.stderr },
  );
  return typed === name;
}
