import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fillMail, templateOf } from '../../../test/template-fixture.ts';
import { packageRoot } from '../package.ts';
import { CLIPPED_AT_BYTES, checkTemplate } from './check-template.ts';
import { compileMessage } from './compile-message.ts';
import { dateStyles, filters } from './filters.ts';
import { getTemplate, listTemplates } from './find-template.ts';
import { fillSlots, missingVariables } from './message-program.ts';
import { templateSamples } from './template-samples.ts';
import type { Values } from './values.ts';
import { variables } from './variables.ts';

const NAMES = ['launch', 'reminder', 'standings', 'reward-earned', 'winners'];

describe('the templates that ship', () => {
  it('are listed in the order of a contest, the launch first', async () => {
    expect((await listTemplates(undefined)).map(({ name }) => name)).toEqual(NAMES);
  });

  it.each(NAMES)('%s has nothing to find fault with', async (name) => {
    expect((await checkTemplate(await getTemplate(undefined, name))).problems).toEqual([]);
  });

  it.each(NAMES)('%s shows code, link, address and unsubscribe link in html and plain text', async (name) => {
    const template = await getTemplate(undefined, name);
    const values = templateSamples(template);
    const program = await compileMessage(template);
    const mail = fillMail(program, values);
    expect(Buffer.byteLength(mail.html)).toBeLessThan(CLIPPED_AT_BYTES);
    expect(missingVariables(program, values)).toEqual([]);
    for (const variable of ['code', 'referral_link', 'postal_address', 'unsubscribe_link'] as const) {
      expect(mail.html).toContain(String(values[variable]));
      expect(mail.text).toContain(String(values[variable]));
    }
    expect(mail.html + mail.text + mail.subject).not.toMatch(/\{\{|\{%|undefined|null|NaN|Invalid Date/);
    expect(mail.text).not.toMatch(/\n{3}/);
  });

  it.each(NAMES)('%s needs no name', async (name) => {
    const template = await getTemplate(undefined, name);
    const values = { ...templateSamples(template), first_name: undefined, friend_first_name: undefined };
    const program = await compileMessage(template);
    expect(missingVariables(program, values)).toEqual([]);
    expect(fillMail(program, values).subject).toMatch(/^[\p{Lu}]/u);
  });

  it('keep the mail of a hundred thousand recipients within seconds', async () => {
    const template = await getTemplate(undefined, 'launch');
    const program = await compileMessage(template);
    const values = templateSamples(template);
    const started = process.cpuUsage().user;
    for (let count = 0; count < 10_000; count += 1) fillSlots(program, values);
    // Ten times what it takes, so that only a change of kind is noticed.
    expect(process.cpuUsage().user - started).toBeLessThan(2_000_000);
  });
});

describe('docs/templates.md', () => {
  const page = readFileSync(join(packageRoot(), 'docs', 'templates.md'), 'utf8');

  it.each(variables)('describes $name', ({ name, type, description }) => {
    expect(page).toContain(`| \`${name}\` | ${type} | ${description} |`);
  });

  it.each(Object.entries(filters))('describes the filter %s', (name, { description, example }) => {
    expect(page).toContain(`| \`${name}\` | ${description} | \`${example}\` |`);
  });

  it('shows parts for some that do what it says', async () => {
    const example = /```html\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    const program = await compileMessage(templateOf(example));
    const told = (values: Values): string => fillMail(program, values).text.trim();
    expect(told({ segments: { lapsed_gold: true }, scores: { rebook: 0.9 } })).toContain('dear guest');
    expect(told({ scores: { rebook: 0.71 } })).toBe('Planning your next trip?');
    expect(told({ segments: {}, scores: { rebook: 0.7 } })).toBe('Good to have you with us.');
    expect(told({})).toBe('Good to have you with us.');
  });

  it('names every way to write a date', () => {
    for (const style of dateStyles) expect(page).toContain(`\`${style}\``);
  });
});
