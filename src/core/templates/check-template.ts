import type { MessageProgram } from './message-program.ts';
import { fillSlots, joinSlotText } from './message-program.ts';
import { parseMessage } from './parse-message.ts';
import type { Problem } from './problem.ts';
import type { SlotText } from './slot.ts';
import { DEFAULT_SUBJECT, type TemplateDocument } from './template-document.ts';
import { templateSamples } from './template-samples.ts';
import { isObject } from './values.ts';
import { isVariable } from './variables.ts';

/** Gmail shows no more of a mail than this and hides the rest, the unsubscribe link included. */
export const CLIPPED_AT_BYTES = 102_000;

/** SendGrid takes at most this much per recipient. */
const SUBSTITUTIONS_BYTES = 10_000;

const LONG_SUBJECT = 100;

export interface TemplateCheck {
  /** Undefined when it does not compile. */
  readonly program: MessageProgram | undefined;
  /** Errors first. */
  readonly problems: readonly Problem[];
}

/** Everything that is wrong with a template, and what a careful colleague would mention. */
export async function checkTemplate(
  template: TemplateDocument & { readonly file?: string },
): Promise<TemplateCheck> {
  const file = template.file ?? `${template.name}.mjml`;
  const { program, problems: found } = await parseMessage(template);
  const problems = [...found, ...checkDocument(template, file)];
  if (program !== undefined) problems.push(...checkProgram(template, program, file));
  return {
    program,
    problems: [
      ...problems.filter(({ severity }) => severity === 'error'),
      ...problems.filter(({ severity }) => severity === 'warning'),
    ],
  };
}

function checkDocument(template: TemplateDocument, file: string): Problem[] {
  const problems: Problem[] = [];
  if (/[\r\n]/.test(template.subject)) {
    problems.push({
      severity: 'error',
      rule: 'subject_line_break',
      message: 'the subject has a line break',
      where: 'subject',
      hint: 'Write it in one line.',
    });
  }
  if (template.subject === DEFAULT_SUBJECT) {
    problems.push({
      severity: 'warning',
      rule: 'no_subject',
      message: 'it has no subject of its own: mails would be called like the contest',
      where: 'subject',
      hint: `Write it into ${file.replace(/\.mjml$/, '.json')}, as "subject", or into <mj-title>.`,
    });
  }
  if (template.preheader.trim() === '' && !/<mj-preview\b/i.test(template.mjml)) {
    problems.push({
      severity: 'warning',
      rule: 'no_preheader',
      message: 'there is no preheader: mail programs show the first words of the body instead',
      where: 'preheader',
      hint: 'Write one or two short sentences that go on from the subject.',
    });
  }
  for (const name of Object.keys(template.sample)) {
    if (isObject(name) || isVariable(name)) continue;
    problems.push({
      severity: 'warning',
      rule: 'unknown_sample',
      message: `the sample data has "${name}", which is no variable`,
      where: `${file.replace(/\.mjml$/, '')}.json`,
    });
  }
  return problems;
}

function checkProgram(template: TemplateDocument, program: MessageProgram, file: string): Problem[] {
  const values = templateSamples(template);
  const filled = fillSlots(program, values);
  const html = joinSlotText(program.html, filled);
  const text = joinSlotText(program.text, filled);
  const subject = joinSlotText(program.subject, filled);
  const htmlBytes = Buffer.byteLength(html);
  const slotBytes = filled.reduce((sum, slot) => sum + Buffer.byteLength(slot), 0);
  const findings: (false | Omit<Problem, 'where'>)[] = [
    !isLinked(program, 'unsubscribe_link') && {
      severity: 'error',
      rule: 'no_unsubscribe_link',
      message: 'there is no link to {{ unsubscribe_link }}',
      hint: 'Add <a href="{{ unsubscribe_link }}">Unsubscribe</a> to the footer.',
    },
    !(
      isShown(program, program.html, 'postal_address') && isShown(program, program.text, 'postal_address')
    ) && {
      severity: 'error',
      rule: 'no_postal_address',
      message: 'there is no {{ postal_address }}, which commercial mail must carry',
      hint: 'Add {{ postal_address }} to the footer.',
    },
    text.trim() === '' && {
      severity: 'error',
      rule: 'no_plain_text',
      message: 'nothing is left of it as plain text',
      hint: 'Say it in words, not only in images.',
    },
    htmlBytes > CLIPPED_AT_BYTES && {
      severity: 'error',
      rule: 'too_large',
      message: `its HTML has ${Math.ceil(htmlBytes / 1_000)} kB: Gmail clips mails above 102 kB`,
      hint: 'Shorten it, or split it into two mails.',
    },
    slotBytes > SUBSTITUTIONS_BYTES && {
      severity: 'warning',
      rule: 'large_slots',
      message: `${Math.ceil(slotBytes / 1_000)} kB of it differ per recipient; SendGrid takes at most 10 kB`,
      hint: 'Keep long static text out of if blocks.',
    },
    !(isUsed(program, 'code') || isUsed(program, 'referral_link')) && {
      severity: 'warning',
      rule: 'no_code',
      message: 'it shows neither {{ code }} nor {{ referral_link }}',
    },
    subject.length > LONG_SUBJECT && {
      severity: 'warning',
      rule: 'long_subject',
      message: `the subject has ${subject.length} characters; phones show about 40`,
    },
    /<img\b(?![^>]*\balt=)/i.test(html) && {
      severity: 'warning',
      rule: 'image_without_text',
      message: 'an image has no alt text',
    },
    /\bhref\s*=\s*["']http:/i.test(html) && {
      severity: 'warning',
      rule: 'plain_http_link',
      message: 'a link is http, not https',
    },
  ];
  return findings.flatMap((finding) => (finding === false ? [] : [{ ...finding, where: file }]));
}

function isUsed(program: MessageProgram, variable: string): boolean {
  return program.variables.includes(variable);
}

function isShown(program: MessageProgram, text: SlotText, variable: string): boolean {
  return text.slots.some((index) => program.slots[index]?.variables.includes(variable) === true);
}

// At the top level only: a link inside an `if` is not there for everyone.
function isLinked(program: MessageProgram, variable: string): boolean {
  return program.html.slots.some((index) => {
    const slot = program.slots[index];
    return slot?.place === 'url' && slot.variables.includes(variable);
  });
}
