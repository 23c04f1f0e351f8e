import type { Contest } from '../contests/get-contest.ts';
import type { Config } from '../settings/config.ts';
import { listPlaceholders } from '../settings/placeholders.ts';
import type { MessageProgram, SlotText } from '../templates/message-program.ts';
import type { CampaignMessages } from './load-campaign-messages.ts';
import type { PlanTotals } from './plan.ts';

/** One thing that was looked at before sending. A failed `error` stops `send`, a failed `warning` does not. */
export interface PlanCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

export interface CheckInput {
  readonly messages: CampaignMessages;
  readonly config: Config;
  readonly contest: Pick<Contest, 'slug' | 'status'>;
  readonly totals: Pick<PlanTotals, 'recipients' | 'excluded'>;
  readonly missingVariables: readonly string[];
}

// Gmail shows no more than this of a mail and hides the rest, unsubscribe link included, behind "View entire message".
const CLIPPED_AT_BYTES = 102_000;

/** The gate that a campaign passes before anything is sent. */
export function checkPlan(input: CheckInput): readonly PlanCheck[] {
  const { messages, config, contest, totals, missingVariables } = input;
  const programs = [...messages.byVariant.values()].map((message) => message.program);
  const placeholders = listPlaceholders(config).map(({ key }) => key);
  const size = Math.max(...programs.map((program) => bytesOf(program.html)));
  const missing = totals.excluded.missing_value ?? 0;
  return [
    check('audience', totals.recipients > 0, 'error', [
      `${totals.recipients} recipients`,
      'nobody would be mailed: everyone of the audience is excluded, or it is empty',
    ]),
    check('contest', findContestObstacle(contest.status, programs) === undefined, 'error', [
      `contest ${contest.slug} is ${contest.status}`,
      `contest ${contest.slug} is ${contest.status}: ${findContestObstacle(contest.status, programs) ?? ''}`,
    ]),
    check(
      'unsubscribe_link',
      programs.every((program) => isIn(program, 'unsubscribe_link')),
      'error',
      [
        'in the text and in the headers (RFC 8058)',
        'the template has no {{ unsubscribe_link }} in its HTML and plain text',
      ],
    ),
    check(
      'postal_address',
      programs.every((program) => program.variables.includes('postal_address')),
      'error',
      ['in the footer', 'the template has no {{ postal_address }}, which commercial mail must carry'],
    ),
    check(
      'plain_text',
      programs.every((program) => bytesOf(program.text) > 0),
      'error',
      ['present', 'the template gives no plain text'],
    ),
    check(
      'preheader',
      [...messages.wordings.values()].every(({ preheader }) => preheader.trim() !== ''),
      'warning',
      ['present', 'the template has no preheader'],
    ),
    check('size', size < CLIPPED_AT_BYTES, 'error', [
      `${Math.ceil(size / 1_000)} kB of HTML`,
      `${Math.ceil(size / 1_000)} kB of HTML: Gmail clips mails above 102 kB`,
    ]),
    check('values', missing === 0, 'warning', [
      'every slot has a value for every recipient',
      `${missing} people have no value for ${missingVariables.join(', ')} and are left out; give a default in the template`,
    ]),
    check('placeholders', placeholders.length === 0, 'warning', [
      'sender, postal address and links are your own',
      `still placeholders: ${placeholders.join(', ')}; only the outbox takes them`,
    ]),
  ];
}

/** Why a contest in this state can't be mailed about, or undefined when it can: while it runs, and its results at the end. */
export function findContestObstacle(status: string, programs: readonly MessageProgram[]): string | undefined {
  if (status === 'active') return undefined;
  if (status === 'finalized' && programs.every((program) => program.variables.some(isResult)))
    return undefined;
  return status === 'finalized' || status === 'ended' || status === 'cancelled'
    ? 'it is over'
    : status === 'paused'
      ? 'it is paused'
      : 'it is not launched yet';
}

// A mail about results can only be told from others by what it shows.
function isResult(variable: string): boolean {
  return variable.startsWith('leader_') || variable === 'drawing_winners' || variable === 'position';
}

function isIn(program: MessageProgram, variable: string): boolean {
  const has = (text: SlotText): boolean =>
    text.slots.some((index) => program.slots[index]?.variables.includes(variable) === true);
  return has(program.html) && has(program.text);
}

function bytesOf(text: SlotText): number {
  return text.statics.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
}

function check(
  name: string,
  ok: boolean,
  severity: PlanCheck['severity'],
  [good, bad]: readonly [string, string],
): PlanCheck {
  return { name, ok, severity, message: ok ? good : bad };
}
