import { expect, test } from 'vitest';
import { defaultConfig } from '../settings/config.ts';
import { DEFAULT_DATABASE_CONFIG } from './database-config.ts';

test('the defaults of connections are those of the configuration', () => {
  expect(defaultConfig().database).toEqual({ ...DEFAULT_DATABASE_CONFIG, url: 'sqlite:referral.db' });
});
