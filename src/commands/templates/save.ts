import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { compileMessage } from '../../core/templates/compile-message.ts';
import { getTemplate, saveTemplate } from '../../core/templates/find-template.ts';
import { defineCommand } from '../_runtime/command.ts';
import { TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates save',
  summary: 'Save a template in the database, as a new version',
  description:
    'Compiles a template and saves it under its name (the name of its file) for everyone who uses the database. The same content again makes no new version. Campaigns keep the version that they were created with.',
  arguments: [TEMPLATE_ARGUMENT],
  options: [{ flags: '--name <name>', description: 'save it under this name' }],
  examples: [
    {
      line: 'referral templates show reminder --source -o last-call.mjml && referral templates save last-call.mjml',
      explains: 'a copy of a shipped template, under the name of its file',
    },
    { line: 'referral templates save reminder --name last-call', explains: 'the same without a file' },
    {
      line: 'referral templates save winners --dry-run --json',
      explains: 'which version it would become; saves nothing',
    },
  ],
  exitCodes: [5, 10, 14],
  changes: true,
  input: z.object({
    template: z.string(),
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')
      .optional(),
  }),
  async run(context, { template: nameOrFile, name }) {
    const { dryRun } = context.globals;
    return context.usingRun(async (database, run) => {
      const found = await getTemplate(database.queries, nameOrFile, context.io.directory);
      const template = { ...found, name: name ?? found.name };
      await compileMessage(template);
      const { id: _id, ...saved } = await database.transaction(
        async (trx) => {
          const result = await saveTemplate(trx, context.clock, template);
          if (result.created) {
            const { version, sha256 } = result;
            await appendAudit(trx, context.clock, run, {
              action: 'template.saved',
              subject: result.name,
              details: { version, sha256 },
            });
          }
          return result;
        },
        { rollback: dryRun },
      );
      return { kind: 'object', data: { ...saved, dry_run: dryRun } };
    });
  },
});
