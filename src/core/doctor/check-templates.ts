import type { Queries } from '../database/database.ts';
import { listTemplates } from '../templates/find-template.ts';
import { parseMessage } from '../templates/parse-message.ts';
import { type Check, fail, ok } from './check.ts';

/** Does every template, shipped or saved, still compile? Without a database only the shipped ones are known. */
export async function checkTemplates(queries: Queries | undefined): Promise<Check> {
  const templates = await listTemplates(queries);
  const broken: string[] = [];
  for (const template of templates) {
    const { problems } = await parseMessage(template);
    if (problems.some(({ severity }) => severity === 'error')) broken.push(template.name);
  }
  const [first] = broken;
  if (first !== undefined) {
    return fail(
      'templates',
      `These do not compile: ${broken.join(', ')}`,
      `referral templates check ${first}`,
    );
  }
  return ok('templates', `${templates.length} templates compile`);
}
