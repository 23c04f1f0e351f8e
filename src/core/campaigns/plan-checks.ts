import type { Contest } from '../contests/get-contest.ts';
import type { Config } from '../settings/config.ts';
import { listPlaceholders } from '../settings/placeholders.ts';
import { CLIPPED_AT_BYTES } from '../templates/check-template.ts';
import type { MessageProgram, SlotText } from '../templates/message-program.ts';
import { readMarkup } from '../templates/read-markup.ts';
import type { Instant } from '../time.ts';
import { checkDmarc, checkFromAddress } from './check-sender.ts';
import { findContestObstacle } from './find-contest-obstacle.ts';
import { findLinkProblem, type LinkProblem } from './find-link-problem.ts';
import { findSpamMarks } from './find-spam-marks.ts';
import type { CampaignMessages } from './load-campaign-messages.ts';
import type { PlanTotals } from './plan.ts';
import { type PlanCheck, passed, refused, warned } from './plan-check.ts';
import type { PlanSample } from './plan-samples.ts';

/** What was seen while everyone of the audience went by. */
export interface PlanFindings {
  readonly missingVariables: readonly string[];
  /** Some of those who have no value for something, by `customer_id`. */
  readonly missingFor: readonly string[];
  /** Bytes of the largest mail, and whose it is. */
  readonly largest: { readonly html: number; readonly message: number; readonly customer_id: string };
  readonly deadLinks: number;
  readonly deadLinkFor: readonly string[];
}

export interface CheckInput {
  readonly slug: string;
  readonly messages: CampaignMessages;
  readonly config: Config;
  readonly contest: Pick<Contest, 'slug' | 'status' | 'ends_at'>;
  readonly now: Instant;
  readonly totals: Pick<PlanTotals, 'recipients' | 'excluded'>;
  readonly findings: PlanFindings;
  /** The setting `campaigns.allow_missing_values`. */
  readonly allowsMissing: boolean;
  readonly samples: readonly PlanSample[];
  /** Names in the setting `sending.domain_rates` that are no class of domains. */
  readonly unknownClasses: readonly string[];
}

// The default of Postfix (message_size_limit); larger mails are returned by many servers.
const MESSAGE_BYTES = 10_240_000;
// What encoding for the way adds at most: quoted-printable writes three characters for one byte.
const ENCODED = 3;
const LONG_SUBJECT = 150;

/** The gate that a campaign passes before anything is sent. */
export async function checkPlan(input: CheckInput): Promise<readonly PlanCheck[]> {
  return [
    checkAudience(input),
    checkContest(input),
    checkFromAddress(input.config),
    checkDmarc(input.config),
    ...checkTemplate(input),
    ...checkSizes(input),
    checkValues(input),
    await checkLinks(input),
    ...(await checkMarkup(input)),
    checkPlaceholders(input.config),
    checkDomainRates(input),
  ];
}

function checkAudience({ slug, totals }: CheckInput): PlanCheck {
  if (totals.recipients > 0) return passed('audience', `${totals.recipients} recipients`);
  const reasons = Object.entries(totals.excluded).map(([reason, count]) => `${count} ${reason}`);
  return refused(
    'audience',
    'nobody would be mailed: everyone of the audience is excluded, or it is empty',
    reasons.length === 0
      ? `No customer fulfils its conditions: see them with referral campaigns show ${slug}.`
      : `Look at why they are excluded: ${reasons.join(', ')}.`,
  );
}

function checkContest({ contest, messages, now }: CheckInput): PlanCheck {
  const programs = programsOf(messages);
  const obstacle = findContestObstacle(contest, programs, now);
  if (obstacle === undefined) return passed('contest', `contest ${contest.slug} is ${contest.status}`);
  const fix = `See it with referral contests show ${contest.slug}; ${obstacle.fix}.`;
  return refused('contest', `contest ${contest.slug} is ${contest.status}: ${obstacle.reason}`, fix);
}

function checkTemplate({ messages }: CheckInput): readonly PlanCheck[] {
  const programs = programsOf(messages);
  const wordings = [...messages.wordings.values()];
  const fail = (name: string, isFine: boolean, good: string, bad: string, fix: string): PlanCheck =>
    isFine ? passed(name, good) : refused(name, bad, fix);
  const broken = wordings.find(({ subject }) => hasLineBreak(subject));
  const long = wordings.find(({ subject }) => subject.length > LONG_SUBJECT);
  return [
    // Every transport writes them, with the link of each recipient.
    passed('unsubscribe_header', 'List-Unsubscribe and List-Unsubscribe-Post (RFC 8058)'),
    fail(
      'unsubscribe_link',
      programs.every((program) => isLinked(program) && isShown(program, program.text, 'unsubscribe_link')),
      'in the HTML and in the plain text',
      'the template has no {{ unsubscribe_link }} in its HTML and plain text, for everyone',
      'Add <a href="{{ unsubscribe_link }}">Unsubscribe</a> to the footer, outside of any if.',
    ),
    fail(
      'postal_address',
      programs.every(
        (program) =>
          isShown(program, program.html, 'postal_address') &&
          isShown(program, program.text, 'postal_address'),
      ),
      'in the footer',
      'the template has no {{ postal_address }}, which commercial mail must carry',
      'Add {{ postal_address }} to the footer.',
    ),
    fail(
      'plain_text',
      programs.every(({ text }) => text.slots.length > 0 || text.statics.join('').trim() !== ''),
      'present',
      'the template gives no plain text',
      'Say it in words, not only in images.',
    ),
    wordings.every(({ preheader }) => preheader.trim() !== '')
      ? passed('preheader', 'present', 'warning')
      : warned(
          'preheader',
          'the template has no preheader',
          'Write "preheader" into its .json: one or two sentences that go on from the subject.',
        ),
    broken !== undefined
      ? refused('subject', 'the subject has a line break', 'Write it on one line.')
      : long === undefined
        ? passed('subject', 'one line', 'warning')
        : warned('subject', `${long.subject.length} characters long`, 'Phones show about 40: shorten it.'),
  ];
}

function checkSizes({ findings: { largest } }: CheckInput): readonly PlanCheck[] {
  const kilobytes = Math.ceil(largest.html / 1_000);
  const shorten = 'Shorten the template, or split it into two mails.';
  return [
    largest.html <= CLIPPED_AT_BYTES
      ? passed('size', `${kilobytes} kB of HTML at most`)
      : refused(
          'size',
          `${kilobytes} kB of HTML for ${largest.customer_id}: Gmail clips mails above 102 kB`,
          shorten,
        ),
    largest.message * ENCODED <= MESSAGE_BYTES
      ? passed('message_size', `${Math.ceil(largest.message / 1_000)} kB with the plain text at most`)
      : refused(
          'message_size',
          `${Math.ceil(largest.message / 1_000)} kB with the plain text: encoded, many servers refuse it`,
          shorten,
        ),
  ];
}

function checkValues({ totals, findings, allowsMissing }: CheckInput): PlanCheck {
  const missing = totals.excluded.missing_value ?? 0;
  if (missing === 0) return passed('values', 'every slot has a value for every recipient');
  const people = `${missing} ${missing === 1 ? 'person has' : 'people have'} no value for ${findings.missingVariables.join(', ')}`;
  const message = `${people} and ${missing === 1 ? 'is' : 'are'} left out: ${listSome(findings.missingFor, missing)}`;
  const default_ = `{{ ${findings.missingVariables[0] ?? 'name'} | default: "…" }}`;
  const fix = `Give a default in the template, ${default_}, or mend the data`;
  return allowsMissing
    ? warned('values', message, `${fix}.`)
    : refused(
        'values',
        message,
        `${fix}; to mail the others all the same: referral settings set campaigns.allow_missing_values true.`,
      );
}

async function checkLinks({ findings, samples, config }: CheckInput): Promise<PlanCheck> {
  const { deadLinks, deadLinkFor } = findings;
  if (deadLinks > 0) {
    const message = `a link can't be filled in for ${deadLinks} people: ${listSome(deadLinkFor, deadLinks)}`;
    return refused('links', message, 'Mend the addresses in their data: https://, no blanks.');
  }
  const problems: { readonly url: string; readonly problem: LinkProblem }[] = [];
  let links = 0;
  for (const { html } of samples) {
    const markup = await readMarkup(html);
    links = Math.max(links, markup.links.length);
    for (const { url } of markup.links) {
      const problem = findLinkProblem(url);
      if (problem !== undefined) problems.push({ url, problem });
    }
  }
  // On a trial installation everything leads to an example.
  const isTrial = listPlaceholders(config).length > 0;
  const isBad = ({ problem }: (typeof problems)[number]): boolean =>
    problem.kind === 'broken' || (problem.kind === 'example' && !isTrial);
  const worst = problems.find(isBad) ?? problems[0];
  if (worst === undefined) return passed('links', `${links} links and images, all absolute and https`);
  const message = `${worst.url === '' ? 'a link' : `"${worst.url}"`} ${worst.problem.message}`;
  const fix = 'Write whole addresses into the template: https://your-domain/page.';
  return isBad(worst) ? refused('links', message, fix) : warned('links', message, fix);
}

async function checkMarkup({ samples }: CheckInput): Promise<readonly PlanCheck[]> {
  const checks = new Map<string, PlanCheck>();
  for (const { subject, html } of samples) {
    for (const { name, found, good, fix } of findSpamMarks(subject, await readMarkup(html))) {
      if (found !== undefined) checks.set(name, warned(name, found, fix));
      else if (!checks.has(name)) checks.set(name, passed(name, good, 'warning'));
    }
  }
  return [...checks.values()];
}

function checkPlaceholders(config: Config): PlanCheck {
  const placeholders = listPlaceholders(config).map(({ key }) => key);
  if (placeholders.length === 0)
    return passed('placeholders', 'sender, postal address and links are your own', 'warning');
  return warned(
    'placeholders',
    `still placeholders: ${placeholders.join(', ')}; only the outbox takes them`,
    'Set them in referral.config.json, or run: referral init',
  );
}

function checkDomainRates({ unknownClasses }: CheckInput): PlanCheck {
  if (unknownClasses.length === 0)
    return passed('domain_rates', 'every rate of sending.domain_rates is for a class of domains', 'warning');
  return warned(
    'domain_rates',
    `sending.domain_rates has a rate for ${unknownClasses.join(', ')}, which is no class: it holds nobody back`,
    'See the classes with referral settings get sending.domain_classes, and mend either.',
  );
}

function programsOf({ byVariant }: CampaignMessages): readonly MessageProgram[] {
  return [...byVariant.values()].map((message) => message.program);
}

// At the top level only: a link inside an `if` is not there for everyone.
function isLinked(program: MessageProgram): boolean {
  return program.html.slots.some((index) => {
    const slot = program.slots[index];
    return slot?.place === 'url' && slot.variables.includes('unsubscribe_link');
  });
}

function isShown(program: MessageProgram, text: SlotText, variable: string): boolean {
  return text.slots.some((index) => {
    const slot = program.slots[index];
    return slot !== undefined && slot.place !== 'block' && slot.variables.includes(variable);
  });
}

function hasLineBreak(text: string): boolean {
  return /[\r\n\u2028\u2029]/.test(text);
}

function listSome(people: readonly string[], count: number): string {
  return count > people.length ? `${people.join(', ')}, …` : people.join(', ');
}
