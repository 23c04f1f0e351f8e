import { z } from 'zod';
import { listTemplates } from '../../core/templates/find-template.ts';
import { matchesTemplate, parseTemplateWhere } from '../../core/templates/where-template.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import { usingDatabaseIfAny } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates list',
  summary: 'List the shipped and the saved templates',
  description:
    'Lists the latest version of every saved template, and the shipped ones that nobody has saved yet (they have no version). The launch template comes first. Works without a database.',
  options: [
    {
      flags: '--where <condition>',
      description: 'only these, such as "origin = database"',
      repeatable: true,
    },
    ...PAGE_OPTIONS,
  ],
  examples: [
    { line: 'referral templates list', explains: 'all of them' },
    { line: 'referral templates list --json', explains: 'as JSON' },
    { line: 'referral templates list --where "name ~ win"', explains: 'those whose name has "win" in it' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ where: z.array(z.string()).default([]), ...pageFields }),
  async run(context, { where, limit, offset }) {
    const conditions = where.map(parseTemplateWhere);
    const templates = await usingDatabaseIfAny(context, (database) => listTemplates(database?.queries));
    const rows = templates
      .filter((template) => conditions.every((condition) => matchesTemplate(template, condition)))
      .slice(offset, limit === undefined ? undefined : offset + limit)
      .map(({ name, version, sha256, updated_at, origin, description }) => ({
        name,
        version: version ?? null,
        sha256,
        updated_at: updated_at ?? null,
        origin,
        description,
      }));
    return {
      kind: 'list',
      columns: [
        { key: 'name' },
        { key: 'version', align: 'right' },
        { key: 'sha256', wide: true },
        { key: 'updated_at' },
        { key: 'origin', wide: true },
        { key: 'description' },
      ],
      rows,
    };
  },
});
