import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { didYouMean } from '../core/did-you-mean.ts';
import { ReferralError } from '../core/errors.ts';
import { programVersion } from '../core/package.ts';
import { createManFiles, pageName } from './_man/man-page.ts';
import { defineCommand } from './_runtime/command.ts';

export const command = defineCommand({
  name: 'man',
  summary: 'Print or install the manual pages',
  description:
    'Makes the manual page of the program, or of the command whose words are given, from the commands themselves, in the mdoc format that man reads. With --to it writes all pages into a folder instead, where man finds them: ~/.local/share/man/man1 for yourself, /usr/local/share/man/man1 for everyone. Pages of an older version there are replaced. Reads no database.',
  arguments: [{ syntax: '[words...]', description: 'a command; the program itself without any' }],
  options: [{ flags: '--to <folder>', description: 'write every page into this folder' }],
  examples: [
    { line: 'referral man --to man1', explains: 'write all pages into a folder' },
    { line: 'referral man campaigns send > referral-campaigns-send.1', explains: 'one page as a file' },
    {
      line: 'referral man leaderboard | head -n 3',
      explains: 'see what a page is made of; read one with: man -l',
    },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ words: z.array(z.string()).default([]), to: z.string().min(1).optional() }),
  async run({ clock, io, listCommands }, { words, to }) {
    const commands = await listCommands();
    const files = createManFiles(commands, { version: programVersion(), day: clock.now().slice(0, 10) });
    const name = words.join(' ');
    const wanted = name === '' ? 'referral.1' : `${pageName({ name })}.1`;
    const file = files.find((each) => each.name === wanted);
    if (file === undefined) {
      throw new ReferralError('usage', `There is no command "${name}"`, {
        hint: didYouMean(
          name,
          commands.map((each) => each.name),
          'See all commands with: referral --help',
        ),
      });
    }
    if (to === undefined) return { kind: 'text', text: file.text };
    const folder = resolve(io.directory, to);
    await mkdir(folder, { recursive: true });
    for (const each of files) await writeFile(join(folder, each.name), each.text);
    return {
      kind: 'object',
      data: { folder: to, pages: files.length },
      next: [`Read one: man ${join(to, 'referral.1')}`],
    };
  },
});
