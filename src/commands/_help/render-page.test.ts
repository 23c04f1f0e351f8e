import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { configKeys, environmentName } from '../_runtime/load-config.ts';
import { createPalette } from '../_runtime/palette.ts';
import { renderPage } from './render-page.ts';
import { readTopic, TOPICS } from './topics.ts';

const palette = createPalette(false);

describe('a page of the documentation on a terminal', () => {
  it('keeps code as it is, wraps texts, and lays out lists and tables', () => {
    const page = [
      '# Title',
      '',
      'Some `code` and a [link](page.md) that',
      'goes on.',
      '',
      '- one **thing**',
      '- another that is too long for its line',
      '',
      '| a | b |',
      '| --- | --- |',
      '| `x\\|y` | what it means in so many words |',
      '',
      '```sh',
      'referral   status',
      '```',
    ];
    expect(renderPage(page.join('\n'), 30, palette).split('\n')).toEqual([
      ...['Title', '', 'Some code and a link that goes', 'on.', ''],
      ...['- one thing', '- another that is too long for', '  its line', ''],
      ...['  a    b', '  x|y  what it means in so', '       many words', ''],
      ...['    referral   status', ''],
    ]);
  });

  it('fits every topic, but for code and words that are longer', async () => {
    for (const topic of TOPICS) {
      const wide = renderPage(await readTopic(topic), 80, palette)
        .split('\n')
        .filter((line) => !line.startsWith('    ') && stringWidth(line) > 80);
      expect(wide.filter((line) => line.split(' ').every((word) => word.length < 20))).toEqual([]);
    }
  });

  it('tells every variable of the configuration in the topic of the environment', async () => {
    const environment = TOPICS.find(({ name }) => name === 'environment');
    if (environment === undefined) throw new Error('there is no such topic');
    const page = await readTopic(environment);
    for (const key of configKeys()) expect(page).toContain(`\`${environmentName(key)}\``);
    expect(page).toContain('`REFERRAL_SECRET`');
  });
});
