import { describe, expect, it } from 'vitest';
import { mailOf, templateOf } from '../../../test/template-fixture.ts';
import type { Values } from './values.ts';

const DAY = '2026-08-31T21:59:59.999Z';

async function shown(expression: string, values: Values, language = 'en'): Promise<string> {
  const template = templateOf(`<mj-text>{{ ${expression} }}</mj-text>`);
  const mjml = template.mjml.replace('lang="en" ', language === '' ? '' : `lang="${language}" `);
  return (await mailOf({ ...template, mjml }, values)).text
    .trim()
    .replaceAll('\u00a0', ' ')
    .replaceAll('\u202f', ' ');
}

describe('filters', () => {
  it.each([
    [
      'last_day | date',
      { last_day: DAY, contest_timezone: 'Europe/Amsterdam', locale: 'en-GB' },
      '31 August 2026',
    ],
    [
      'last_day | date: "day"',
      { last_day: DAY, contest_timezone: 'Asia/Tokyo', locale: 'en-GB' },
      '1 September',
    ],
    ['last_day | date: "weekday"', { last_day: DAY, locale: 'en-US' }, 'Monday, August 31'],
    [
      'last_day | date: "time"',
      { last_day: DAY, contest_timezone: 'Nowhere/At_All', locale: 'en-GB' },
      '21:59',
    ],
    [
      'reward_amount | money: reward_currency',
      { reward_amount: '1025.00', reward_currency: 'EUR' },
      '€1,025.00',
    ],
    [
      'reward_amount | money',
      { reward_amount: '90071992547409.93', reward_currency: 'EUR' },
      '€90,071,992,547,409.93',
    ],
    ['reward_amount | money: "JPY"', { reward_amount: '1500' }, '¥1,500'],
    ['reward_amount | money: "KWD"', { reward_amount: '1.500' }, 'KWD 1.500'],
    ['points | number', { points: 1234567 }, '1,234,567'],
    ['points | number: 1', { points: 3 }, '3.0'],
    ['attributes.rate | percent', { attributes: { rate: '12.5' } }, '12.5%'],
    ['tier | upcase', { tier: 'straße' }, 'STRASSE'],
    ['tier | downcase', { tier: 'ÉCLAIR' }, 'éclair'],
    ['first_name | capitalize', { first_name: 'éva maria' }, 'Éva maria'],
    ['first_name | truncate: 5', { first_name: 'Maximilian' }, 'Maxi…'],
    ['first_name | append: "," | prepend: "Dear "', { first_name: 'Jo' }, 'Dear Jo,'],
    ['attributes.city | strip | default: "home"', { attributes: { city: '  ' } }, 'home'],
    ['first_name | default: last_name | default: "you"', {}, 'you'],
  ] as const)('{{ %s }} of %j is %s', async (expression, values, expected) => {
    expect(await shown(expression, values)).toBe(expected);
  });

  it("write in the recipient's variety of the template's language, and never mix two", async () => {
    const values = { reward_amount: '1234.50', reward_currency: 'EUR' };
    expect(await shown('reward_amount | money', { ...values, locale: 'de_AT' }, 'de')).toBe('€ 1.234,50');
    expect(await shown('reward_amount | money', { ...values, locale: 'nl' }, 'de')).toBe('1.234,50 €');
    expect(await shown('reward_amount | money', { ...values, locale: 'nl' }, '')).toBe('€ 1.234,50');
  });

  it('survive a locale that is none', async () => {
    expect(await shown('points | number', { points: 1234, locale: 'not a locale!' }, '')).toBe('1,234');
  });
});
