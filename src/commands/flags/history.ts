import { z } from 'zod';
import { parseFlagName } from '../../core/settings/flags.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import { listChanges } from '../_settings/list-changes.ts';

export const command = defineCommand({
  name: 'flags history',
  summary: 'Show who switched which flag when',
  description:
    'The changes, the newest first: what it was, what it became, by whom and in which run. They come from the audit log, and go back as far as that does.',
  arguments: [{ syntax: '[name]', description: 'only this one' }],
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral flags history', explains: 'all of them' },
    { line: 'referral flags history outgoing --limit 5', explains: 'the last five of one' },
    { line: 'referral flags history --json', explains: 'as JSON' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string().optional(), ...pageFields }),
  async run(context, { name: text, ...page }) {
    const name = text === undefined ? undefined : parseFlagName(text);
    return listChanges(context, { kind: 'flag', name, ...page });
  },
});
