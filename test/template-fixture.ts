import { compileMessage } from '../src/core/templates/compile-message.ts';
import { fillSlots, joinSlotText, type MessageProgram } from '../src/core/templates/message-program.ts';
import type { TemplateDocument } from '../src/core/templates/template-document.ts';
import type { Values } from '../src/core/templates/values.ts';

/** A template whose body is this, in one column. */
export function templateOf(
  body: string,
  rest: Partial<TemplateDocument> = {},
): TemplateDocument & { file: string } {
  return {
    name: 'test',
    description: '',
    subject: 'Subject',
    preheader: '',
    mjml: `<mjml lang="en" dir="ltr"><mj-body><mj-section><mj-column>\n${body}\n</mj-column></mj-section></mj-body></mjml>`,
    sample: {},
    file: 'test.mjml',
    ...rest,
  };
}

export interface FilledMail {
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** The three parts of a mail, whole. */
export function fillMail(program: MessageProgram, values: Values): FilledMail {
  const filled = fillSlots(program, values);
  return {
    subject: joinSlotText(program.subject, filled),
    html: joinSlotText(program.html, filled),
    text: joinSlotText(program.text, filled),
  };
}

/** Compiles and fills in one go. */
export async function mailOf(template: TemplateDocument, values: Values): Promise<FilledMail> {
  return fillMail(await compileMessage(template), values);
}
