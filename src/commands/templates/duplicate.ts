import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { appendAudit } from '../../core/audit/append-audit.ts';
import { ReferralError } from '../../core/errors.ts';
import { getTemplate, isTemplateFile, saveTemplate } from '../../core/templates/find-template.ts';
import type { FoundTemplate } from '../../core/templates/template-document.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { findTemplateFor, TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates duplicate',
  summary: 'Copy a template, to make your own of it',
  description:
    'Copies a template under a new name: into files to edit when the new name ends in .mjml (NAME.mjml and NAME.json, existing ones only with --force), else into the database.',
  arguments: [
    TEMPLATE_ARGUMENT,
    { syntax: '<new>', description: 'a name that is not taken, or an .mjml file to write' },
  ],
  examples: [
    {
      line: 'referral templates duplicate launch my-launch.mjml',
      explains: 'writes my-launch.mjml and my-launch.json, to edit',
    },
    { line: 'referral templates duplicate launch spring-launch', explains: 'a copy in the database' },
    {
      line: 'referral templates duplicate winners spring-winners --dry-run',
      explains: 'only says what it would do',
    },
  ],
  exitCodes: [5, 10, 14, 17],
  changes: true,
  input: z.object({
    template: z.string(),
    new: z
      .string()
      .refine(
        (name) => isTemplateFile(name) || /^[a-z0-9][a-z0-9-]*$/.test(name),
        'must be lower-case letters, digits and hyphens, or a file that ends in .mjml',
      ),
  }),
  async run(context, { template: nameOrFile, new: target }) {
    if (isTemplateFile(target)) return copyToFiles(context, nameOrFile, target);
    const { dryRun } = context.globals;
    return context.usingRun(async (database, run) => {
      const found = await getTemplate(database.queries, nameOrFile, context.io.directory);
      const saved = await database.transaction(
        async (trx) => {
          await assertFree(() => getTemplate(trx, target), target);
          const result = await saveTemplate(trx, context.clock, { ...found, name: target });
          const { version, sha256 } = result;
          await appendAudit(trx, context.clock, run, {
            action: 'template.saved',
            subject: target,
            details: { version, sha256, copy_of: found.name },
          });
          return result;
        },
        { rollback: dryRun },
      );
      const { name, version, sha256 } = saved;
      return {
        kind: 'object',
        data: { name, version, sha256, copy_of: found.name, files: [], dry_run: dryRun },
      };
    });
  },
});

async function copyToFiles(context: Context, nameOrFile: string, target: string) {
  const { dryRun, force } = context.globals;
  const found = await findTemplateFor(context, nameOrFile);
  const stem = target.replace(/\.(?:mjml|json)$/i, '');
  const { subject, preheader, description, sample } = found;
  const companion = JSON.stringify({ description, subject, preheader, sample }, null, 2);
  const files = { [`${stem}.mjml`]: found.mjml, [`${stem}.json`]: `${companion}\n` };
  for (const [file, text] of Object.entries(files)) {
    if (!dryRun) await writeNew(resolve(context.io.directory, file), file, text, force);
  }
  return {
    kind: 'object' as const,
    data: {
      name: stem,
      version: null,
      sha256: null,
      copy_of: found.name,
      files: Object.keys(files),
      dry_run: dryRun,
    },
    next: [`referral templates preview ${stem}.mjml`, `referral templates save ${stem}.mjml`],
  };
}

async function writeNew(path: string, file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    throw new ReferralError('output_exists', `${file} can't be written`, {
      hint: 'Choose another name, or add --force to replace it.',
      cause: error,
    });
  }
}

async function assertFree(find: () => Promise<FoundTemplate>, name: string): Promise<void> {
  try {
    await find();
  } catch (error) {
    if (error instanceof ReferralError && error.code === 'not_found') return;
    throw error;
  }
  throw new ReferralError('already_exists', `There is a template "${name}" already`, {
    hint: `Choose another name, or save a new version of it: referral templates save FILE --name ${name}`,
  });
}
