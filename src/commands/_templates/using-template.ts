import type { Database } from '../../core/database/database.ts';
import { ReferralError } from '../../core/errors.ts';
import { getTemplate, isTemplateFile } from '../../core/templates/find-template.ts';
import type { FoundTemplate } from '../../core/templates/template-document.ts';
import type { ArgumentSpec } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

/** The argument of most template commands. */
export const TEMPLATE_ARGUMENT: ArgumentSpec = {
  syntax: '<template>',
  description: 'a name (as saved, else as shipped; launch@2 is its second version) or an .mjml file',
};

/** Finds a template; a file needs no database, and where there is none yet the shipped ones are known. */
export async function findTemplateFor(context: Context, nameOrFile: string): Promise<FoundTemplate> {
  const { directory } = context.io;
  if (isTemplateFile(nameOrFile)) return getTemplate(undefined, nameOrFile, directory);
  return usingDatabaseIfAny(context, (database) => getTemplate(database?.queries, nameOrFile, directory));
}

/** Lends the database, or undefined where none has been made yet. */
export async function usingDatabaseIfAny<T>(
  context: Context,
  work: (database: Database | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await context.usingDatabase(work);
  } catch (error) {
    if (!(error instanceof ReferralError) || error.code !== 'database_not_migrated') throw error;
    context.detail('There is no database yet: only the shipped templates are known.');
    return work(undefined);
  }
}
