import { z } from 'zod';
import { ReferralError } from '../../core/errors.ts';
import { type DiffLine, diffLines, formatDiff } from '../../core/templates/diff-lines.ts';
import { getTemplate } from '../../core/templates/find-template.ts';
import type { FoundTemplate } from '../../core/templates/template-document.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { TEMPLATE_ARGUMENT, usingDatabaseIfAny } from '../_templates/using-template.ts';

export const command = defineCommand({
  name: 'templates diff',
  summary: 'Show what differs between two templates or versions',
  description:
    'Compares subject, preheader and MJML line by line. With one argument, a file is compared with the saved or shipped template of its name, and a saved version with the one before.',
  arguments: [
    TEMPLATE_ARGUMENT,
    { syntax: '[other]', description: 'what to compare it with, in the same words' },
  ],
  examples: [
    { line: 'referral templates diff launch reminder', explains: 'between two templates' },
    {
      line: 'referral templates save reminder --name launch && referral templates diff launch@1 launch@2',
      explains: 'between two versions',
    },
    {
      line: 'referral templates duplicate launch my-launch.mjml && referral templates diff launch my-launch.mjml --json',
      explains: 'between a template and a file, for a script',
    },
  ],
  exitCodes: [5, 14],
  changes: false,
  input: z.object({ template: z.string(), other: z.string().optional() }),
  async run(context, { template, other }) {
    const [before, after] = await usingDatabaseIfAny(context, async (database) => {
      const find = (nameOrFile: string) => getTemplate(database?.queries, nameOrFile, context.io.directory);
      const first = await find(template);
      if (other !== undefined) return [first, await find(other)] as const;
      return [await find(predecessorOf(first)), first] as const;
    });
    const lines = diffTemplates(before, after);
    const added = lines.filter(({ kind }) => kind === 'added').length;
    const removed = lines.filter(({ kind }) => kind === 'removed').length;
    return {
      kind: 'object',
      data: {
        from: label(before),
        to: label(after),
        same: added + removed === 0,
        added,
        removed,
        lines: formatDiff(lines),
      },
      text: describeDiff(context, before, after, lines),
    };
  },
});

function predecessorOf({ name, version, origin }: FoundTemplate): string {
  if (origin === 'file') return name;
  if (version !== undefined && version > 1) return `${name}@${version - 1}`;
  throw new ReferralError('usage', `${name} has no earlier version to compare it with`, {
    hint: 'Name two templates: referral templates diff launch reminder',
  });
}

function diffTemplates(before: FoundTemplate, after: FoundTemplate): readonly DiffLine[] {
  return diffLines(textOf(before), textOf(after));
}

function textOf({ subject, preheader, mjml }: FoundTemplate): string {
  return `subject: ${subject}\npreheader: ${preheader}\n${mjml}`;
}

function label({ name, version, origin, file }: FoundTemplate): string {
  return origin === 'file' ? file : version === undefined ? name : `${name}@${version}`;
}

function describeDiff(
  { io }: Context,
  before: FoundTemplate,
  after: FoundTemplate,
  lines: readonly DiffLine[],
): string {
  const changed = formatDiff(lines);
  if (changed.length === 0) return `${label(before)} and ${label(after)} are the same.`;
  const paint = (line: string): string => {
    if (!io.colors) return line;
    if (line.startsWith('+')) return `\u001b[32m${line}\u001b[39m`;
    return line.startsWith('-') ? `\u001b[31m${line}\u001b[39m` : line;
  };
  return [`--- ${label(before)}`, `+++ ${label(after)}`, ...changed.map(paint)].join('\n');
}
