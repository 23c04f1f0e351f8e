import { expect, test } from 'vitest';
import { configSchema, defaultConfig } from './config.ts';
import { listPlaceholders } from './placeholders.ts';

test('finds everything that the defaults leave to be changed', () => {
  expect(listPlaceholders(defaultConfig()).map(({ key }) => key)).toEqual([
    'mail.from_email',
    'mail.organisation',
    'mail.postal_address',
    'unsubscribe.base_url',
    'links.referral_url',
  ]);
});

test('finds nothing in a real configuration', () => {
  const config = configSchema.parse({
    mail: {
      from_email: 'hello@travel.nl',
      organisation: 'Travel',
      postal_address: 'Dam 1, 1012 JS Amsterdam',
    },
    unsubscribe: { base_url: 'https://travel.nl/stop' },
    links: { referral_url: 'https://travel.nl/r/{code}' },
  });
  expect(listPlaceholders(config)).toEqual([]);
});

test.each(['a@example.com', 'a@mail.example.org', 'a@shop.test', 'a@x.invalid'])(
  'takes the sender %s for one',
  (email) => {
    const config = configSchema.parse({ mail: { from_email: email } });
    expect(listPlaceholders(config).map(({ key }) => key)).toContain('mail.from_email');
  },
);
