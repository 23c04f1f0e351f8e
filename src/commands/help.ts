import { z } from 'zod';
import { didYouMean } from '../core/did-you-mean.ts';
import { ReferralError } from '../core/errors.ts';
import { renderPage } from './_help/render-page.ts';
import { readTopic, TOPICS } from './_help/topics.ts';
import { type AnyCommand, defineCommand } from './_runtime/command.ts';
import { commandHelp, nounHelp, programHelp } from './_runtime/help.ts';
import { createPalette } from './_runtime/palette.ts';

const FULL_WIDTH = 100;

export const command = defineCommand({
  name: 'help',
  summary: 'Explain a command or a topic',
  description: `With the words of a command the same as its --help; with one of these topics a page of the documentation: ${TOPICS.map(({ name }) => name).join(', ')}. Reads no database.`,
  arguments: [{ syntax: '[words...]', description: 'a command, a noun, or a topic' }],
  examples: [
    { line: 'referral help exit-codes', explains: 'what a script can rely on' },
    { line: 'referral help campaigns send', explains: 'the same as: referral campaigns send --help' },
    { line: 'referral help cron | less', explains: 'page by page' },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ words: z.array(z.string()).default([]) }),
  async run({ io, listCommands }, { words }) {
    const [first = '', ...others] = words;
    const topic = others.length === 0 ? TOPICS.find(({ name }) => name === first) : undefined;
    if (topic !== undefined) {
      const width = io.stdoutIsTerminal ? io.width : FULL_WIDTH;
      return { kind: 'text', text: renderPage(await readTopic(topic), width, createPalette(io.colors)) };
    }
    return { kind: 'text', text: helpOf(words.join(' '), await listCommands()) };
  },
});

function helpOf(path: string, commands: readonly AnyCommand[]): string {
  if (path === '') return `${programHelp(commands)}\n${topicList()}`;
  const known = commands.find(({ name }) => name === path);
  if (known !== undefined) return commandHelp(known);
  if (commands.some(({ name }) => name.startsWith(`${path} `))) return nounHelp(path, commands);
  const names = [...commands.map(({ name }) => name), ...TOPICS.map(({ name }) => name)];
  throw new ReferralError('usage', `There is no help on "${path}"`, {
    hint: didYouMean(path, names, 'See what there is: referral help'),
  });
}

function topicList(): string {
  const width = Math.max(...TOPICS.map(({ name }) => name.length));
  return [
    'Topics, for referral help <topic>:',
    ...TOPICS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
  ].join('\n');
}
