import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { compileMessage } from '../../core/templates/compile-message.ts';
import { fillSlots, joinSlotText } from '../../core/templates/message-program.ts';
import { defineCommand } from '../_runtime/command.ts';
import { loadValuesFor, RECIPIENT_OPTIONS, recipientFields } from '../_templates/recipient.ts';
import { findTemplateFor, TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

const PARTS = ['subject', 'html', 'text'] as const;

export const command = defineCommand({
  name: 'templates render',
  summary: 'Print a part of a template, filled for somebody',
  description:
    'Compiles a template, fills its slots for one customer or with sample data, and prints the HTML, the plain text or the subject; with --json all three, or the one asked for. Says on stderr when the customer has no value for a variable: a campaign would leave them out.',
  arguments: [TEMPLATE_ARGUMENT],
  options: [
    ...RECIPIENT_OPTIONS,
    {
      flags: '--part <part>',
      description: 'which part of the mail',
      choices: PARTS,
      defaultText: 'html',
    },
    { flags: '--subject <text>', description: 'with this subject instead of its own' },
  ],
  examples: [
    {
      line: 'referral templates render launch --customer C-0001 --contest summer-referral --part text',
      explains: 'the plain text that a customer gets',
    },
    {
      line: 'referral templates render winners --sample --part html -o winners.html',
      explains: 'the HTML with sample data, into a file',
    },
    {
      line: 'referral templates render reminder --sample --part subject --subject "{{ first_name }}, one week left"',
      explains: 'try another subject',
    },
  ],
  exitCodes: [5, 10, 14],
  fileFormats: ['html'],
  changes: false,
  input: z.object({
    template: z.string(),
    ...recipientFields,
    part: z.enum(PARTS).optional(),
    subject: z.string().optional(),
  }),
  async run(context, input) {
    const { template: nameOrFile, part, subject } = input;
    if (input.customer === undefined && !input.sample) {
      throw new ReferralError('usage', 'It is not said for whom to fill the template', {
        hint: `Add --sample, or --customer ID: referral templates render ${nameOrFile} --sample`,
      });
    }
    const template = await findTemplateFor(context, nameOrFile);
    const program = await compileMessage(template, subject === undefined ? {} : { subject });
    const values = await loadValuesFor(context, template, program, input);
    const filled = fillSlots(program, values);
    const { format } = context.globals;
    if (format !== 'json' && format !== 'ndjson') {
      return { kind: 'text', text: joinSlotText(program[part ?? 'html'], filled) };
    }
    const parts = part === undefined ? PARTS : [part];
    return {
      kind: 'object',
      data: {
        template: template.name,
        sha256: template.sha256,
        ...Object.fromEntries(parts.map((name) => [name, joinSlotText(program[name], filled)])),
      },
    };
  },
});
