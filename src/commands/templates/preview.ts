import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { compileMessage } from '../../core/templates/compile-message.ts';
import { fillSlots, joinSlotText } from '../../core/templates/message-program.ts';
import { findPreheader, previewPage } from '../../core/templates/preview-page.ts';
import { defineCommand } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';
import { loadValuesFor, RECIPIENT_OPTIONS, recipientFields } from '../_templates/recipient.ts';
import { findBrowser, takeScreenshot } from '../_templates/take-screenshot.ts';
import { findTemplateFor, TEMPLATE_ARGUMENT } from '../_templates/using-template.ts';

const SCREENS = {
  desktop: { width: 860, height: 1500 },
  phone: { width: 500, height: 1500 },
} as const;

export const command = defineCommand({
  name: 'templates preview',
  summary: 'Write a template as pages to look at, for desktop and phone',
  description:
    'Writes NAME-desktop.html and NAME-phone.html (the mail in the width of each, under its subject and preheader), NAME.html (the mail itself) and NAME.txt (its plain text) into a folder, replacing earlier ones. With sample data unless --customer is given. --png adds pictures where Chromium or Chrome is installed.',
  arguments: [TEMPLATE_ARGUMENT],
  options: [
    ...RECIPIENT_OPTIONS,
    { flags: '--to <dir>', description: 'the folder to write into', defaultText: 'previews' },
    { flags: '--png', description: 'take pictures too' },
  ],
  examples: [
    { line: 'referral templates preview launch', explains: 'into previews/' },
    {
      line: 'referral templates preview standings --customer C-0001 --contest summer-referral --to looks',
      explains: 'as a customer would get it',
    },
    { line: 'referral templates preview winners --sample --json', explains: 'prints which files it wrote' },
  ],
  exitCodes: [5, 10, 14],
  changes: false,
  input: z.object({
    template: z.string(),
    ...recipientFields,
    to: z.string().min(1).default('previews'),
    png: z.boolean().default(false),
  }),
  async run(context, input) {
    const template = await findTemplateFor(context, input.template);
    const program = await compileMessage(template);
    const filled = fillSlots(program, await loadValuesFor(context, template, program, input));
    const html = joinSlotText(program.html, filled);
    const subject = joinSlotText(program.subject, filled);
    const preheader = findPreheader(html);
    const { name } = template;
    const content = { title: name, subject, preheader, html };
    const desktop = join(input.to, `${name}-desktop.html`);
    const phone = join(input.to, `${name}-phone.html`);
    const files = {
      [desktop]: previewPage(content, 'desktop'),
      [phone]: previewPage(content, 'phone'),
      [join(input.to, `${name}.html`)]: html,
      [join(input.to, `${name}.txt`)]: joinSlotText(program.text, filled),
    };
    const { directory } = context.io;
    await mkdir(resolve(directory, input.to), { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(resolve(directory, file), text);
    const pictures = input.png ? await takePictures(context, { desktop, phone }) : [];
    return {
      kind: 'object',
      data: { template: name, subject, preheader, files: [...Object.keys(files), ...pictures] },
    };
  },
});

async function takePictures(
  { io, signal, warn }: Context,
  pages: Readonly<Record<keyof typeof SCREENS, string>>,
): Promise<string[]> {
  const browser = await findBrowser(io.environment['PATH']);
  if (browser === undefined) {
    warn('Neither Chromium nor Chrome is installed: no pictures were taken.');
    return [];
  }
  const pictures: string[] = [];
  for (const screen of ['desktop', 'phone'] as const) {
    const page = resolve(io.directory, pages[screen]);
    const picture = pages[screen].replace(/\.html$/, '.png');
    await takeScreenshot(browser, page, resolve(io.directory, picture), { ...SCREENS[screen], signal });
    pictures.push(picture);
  }
  return pictures;
}
