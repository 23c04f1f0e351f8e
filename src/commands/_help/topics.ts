import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../../core/package.ts';
import { splitRow } from './render-page.ts';

export interface Topic {
  readonly name: string;
  readonly summary: string;
  /** The page of `docs/` that it is, or that it is made from. */
  readonly page: string;
  readonly select?: (markdown: string) => string;
}

/** What can be read with `referral help TOPIC`: pages of the documentation, which tests hold against the program. */
export const TOPICS: readonly Topic[] = [
  { name: 'exit-codes', summary: 'what each exit code means to a script', page: 'exit-codes.md' },
  {
    name: 'environment',
    summary: 'the variables that are read, and what each is for',
    page: 'configuration.md',
    select: environmentPage,
  },
  {
    name: 'config',
    summary: 'every configuration value, and where it may come from',
    page: 'configuration.md',
  },
  { name: 'formats', summary: 'how results, amounts, times and files look', page: 'formats.md' },
  { name: 'cron', summary: 'running it from cron, systemd and CI', page: 'guides/cron-and-ci.md' },
  { name: 'rules', summary: 'the rules document of a contest', page: 'rules.md' },
  { name: 'where', summary: 'conditions for --where', page: 'where.md' },
  { name: 'import', summary: 'what a customer file may look like', page: 'importing.md' },
];

/** The Markdown of a topic. */
export async function readTopic({ page, select }: Topic): Promise<string> {
  const markdown = await readFile(join(packageRoot(), 'docs', page), 'utf8');
  return select === undefined ? markdown : select(markdown);
}

/** The tables of the configuration again, by variable. */
function environmentPage(configuration: string): string {
  const rows = configuration
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map(splitRow);
  const values = rows.filter((cells) => cells.length === 4);
  const others = rows.filter((cells) => cells.length === 2);
  const line = (...cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    '# Environment',
    '',
    'The environment beats `.env` in the current folder, and both beat configuration files. In place of each variable there may be the same name with `_FILE`, a file that holds the value, or with `_COMMAND`, a command that prints it.',
    '',
    line('variable', 'meaning'),
    ...others.map(([name = '', meaning = '']) => line(name, meaning)),
    ...values.map(([, variable = '', fallback = '', meaning = '']) =>
      line(variable, fallback === '–' ? meaning : `${meaning} (default: ${fallback})`),
    ),
    line('`NO_COLOR`', 'no colours, whatever its value'),
    '',
  ].join('\n');
}
