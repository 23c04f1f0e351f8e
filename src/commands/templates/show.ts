import { z } from 'zod';
import { parseMessage } from '../../core/templates/parse-message.ts';
import { defineCommand } from '../_runtime/command.ts';
import { findTemplateFor, TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates show',
  summary: 'Show what a template consists of',
  description:
    'Shows subject, preheader, the variables it uses and its sample data; with --source prints its MJML as it was written.',
  arguments: [TEMPLATE_ARGUMENT],
  options: [{ flags: '--source', description: 'print the MJML' }],
  examples: [
    { line: 'referral templates show launch', explains: 'subject, preheader, variables' },
    { line: 'referral templates show launch --source -o my-launch.mjml', explains: 'its MJML into a file' },
    { line: 'referral templates show winners --json', explains: 'everything for a script' },
  ],
  exitCodes: [5, 14],
  changes: false,
  input: z.object({ template: z.string(), source: z.boolean().default(false) }),
  async run(context, { template: nameOrFile, source }) {
    const template = await findTemplateFor(context, nameOrFile);
    if (source) return { kind: 'text', text: template.mjml };
    const { program } = await parseMessage(template);
    const { name, version, sha256, updated_at, origin, description, subject, preheader, sample } = template;
    return {
      kind: 'object',
      data: {
        name,
        version: version ?? null,
        sha256,
        updated_at: updated_at ?? null,
        origin,
        description,
        subject,
        preheader,
        variables: program?.variables ?? null,
        sample,
      },
    };
  },
});
