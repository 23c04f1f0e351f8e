import { z } from 'zod';
import { checkTemplate } from '../../core/templates/check-template.ts';
import type { Problem } from '../../core/templates/problem.ts';
import type { FoundTemplate } from '../../core/templates/template-document.ts';
import { defineCommand } from '../_runtime/command.ts';
import { findTemplateFor, TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates check',
  summary: 'Find what is wrong with a template',
  description:
    'Compiles a template and reports, with line and column, what does not fit the slot language, where a slot stands that nothing may be filled into, and what a mail must have: an unsubscribe link, the postal address, plain text, at most 102 kB of HTML. Errors end with 6, warnings do not.',
  arguments: [TEMPLATE_ARGUMENT],
  examples: [
    { line: 'referral templates check launch', explains: 'a shipped template' },
    { line: 'referral templates check winners --json', explains: 'the findings for a script' },
    {
      line: 'printf "<mjml><mj-head><mj-title>Hi</mj-title></mj-head><mj-body><mj-section><mj-column><mj-text>{{ frist_name }}</mj-text></mj-column></mj-section></mj-body></mjml>" > hi.mjml && referral templates check hi.mjml',
      explains: 'a file with a mistyped variable',
      exitCode: 6,
    },
  ],
  exitCodes: [5, 6, 14],
  changes: false,
  input: z.object({ template: z.string() }),
  async run(context, { template: nameOrFile }) {
    const template = await findTemplateFor(context, nameOrFile);
    const { problems } = await checkTemplate(template);
    const errors = problems.filter(({ severity }) => severity === 'error').length;
    const { name, version, sha256 } = template;
    return {
      kind: 'object',
      data: {
        template: name,
        version: version ?? null,
        sha256,
        ok: errors === 0,
        errors,
        warnings: problems.length - errors,
        findings: problems.map((problem) => ({ ...problem, hint: problem.hint ?? null })),
      },
      text: describeProblems(template, problems),
      exitCode: errors > 0 ? 6 : 0,
      ...(errors > 0 ? {} : { next: [`referral templates preview ${nameOrFile}`] }),
    };
  },
});

function describeProblems({ name }: FoundTemplate, problems: readonly Problem[]): string {
  if (problems.length === 0) return `${name} is fine.`;
  return problems
    .map(({ severity, where, message, hint }) =>
      [`${severity}  ${where}: ${message}`, ...(hint === undefined ? [] : [`       ${hint}`])].join('\n'),
    )
    .join('\n');
}
