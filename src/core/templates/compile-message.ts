import { ReferralError } from '../errors.ts';
import type { MessageProgram } from './message-program.ts';
import { type MessageOverrides, parseMessage } from './parse-message.ts';
import type { TemplateDocument } from './template-document.ts';

/**
 * Compiles a template; `subject` and `preheader` replace the document's own, for a variant. Throws `input_unusable` with file,
 * line and column of the first error; `details.problems` has them all.
 */
export async function compileMessage(
  document: TemplateDocument & { readonly file?: string },
  overrides: MessageOverrides = {},
): Promise<MessageProgram> {
  const { program, problems } = await parseMessage(document, overrides);
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  if (program !== undefined && first === undefined) return program;
  throw new ReferralError('input_unusable', `The template "${document.name}" can't be used`, {
    reason: first === undefined ? 'it does not compile' : `${first.where}: ${first.message}`,
    hint: first?.hint ?? `See everything that is wrong with it: referral templates check ${document.name}`,
    details: { problems: errors },
  });
}
