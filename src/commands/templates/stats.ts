import { z } from 'zod';
import { compileMessage } from '../../core/templates/compile-message.ts';
import { measureTemplate } from '../../core/templates/measure-template.ts';
import { templateSamples } from '../../core/templates/template-samples.ts';
import { defineCommand } from '../_runtime/command.ts';
import { findTemplateFor, TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates stats',
  summary: 'Measure a template: sizes, slots, words, links',
  description:
    'Compiles a template, fills it with its sample data and measures it. `static_bytes` is the part of the HTML that is the same in every mail.',
  arguments: [TEMPLATE_ARGUMENT],
  examples: [
    { line: 'referral templates stats launch', explains: 'what a mail of it weighs' },
    { line: 'referral templates stats standings --json', explains: 'for a script' },
    { line: 'referral templates stats winners --format csv', explains: 'as CSV' },
  ],
  exitCodes: [5, 14],
  changes: false,
  input: z.object({ template: z.string() }),
  async run(context, { template: nameOrFile }) {
    const template = await findTemplateFor(context, nameOrFile);
    const stats = measureTemplate(await compileMessage(template), templateSamples(template));
    const { name, version, sha256 } = template;
    return { kind: 'object', data: { name, version: version ?? null, sha256, ...stats } };
  },
});
