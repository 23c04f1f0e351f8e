import { z } from 'zod';
import { parseSettingName } from '../../core/settings/settings.ts';
import { defineCommand } from '../_runtime/command.ts';
import { PAGE_OPTIONS, pageFields } from '../_runtime/page-options.ts';
import { listChanges } from '../_settings/list-changes.ts';

export const command = defineCommand({
  name: 'settings history',
  summary: 'Show who changed which setting when',
  description:
    'The changes, the newest first: what it was, what it became, by whom and in which run. They come from the audit log, and go back as far as that does.',
  arguments: [{ syntax: '[name]', description: 'only this one' }],
  options: PAGE_OPTIONS,
  examples: [
    { line: 'referral settings history', explains: 'all of them' },
    { line: 'referral settings history confirm_above --limit 5', explains: 'the last five of one' },
    { line: 'referral settings history --json', explains: 'as JSON' },
  ],
  exitCodes: [5, 10],
  changes: false,
  input: z.object({ name: z.string().optional(), ...pageFields }),
  async run(context, { name: text, ...page }) {
    const name = text === undefined ? undefined : parseSettingName(text);
    return listChanges(context, { kind: 'setting', name, ...page });
  },
});
