import { describe, expect, it } from 'vitest';
import { configSchema } from './config.ts';

const messagesOf = (mail: object): readonly string[] =>
  configSchema.safeParse({ mail }).error?.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`) ??
  [];

describe('the configuration of mails', () => {
  it.each([
    [{ from_email: '' }, /^mail\.from_email /],
    [{ from_name: 'Travel\r\nBcc: a@b.nl' }, /^mail\.from_name must be one line/],
    [{ from_name: ' ' }, /^mail\.from_name must not be empty/],
    [{ organisation: 'Travel\u2028Company' }, /^mail\.organisation must be one line/],
    [{ postal_address: ' \n' }, /^mail\.postal_address must not be empty/],
    [{ dkim_domain: 'https://travel.nl' }, /^mail\.dkim_domain must be a domain/],
    [{ verified_senders: 'travel.nl, not a domain' }, /^mail\.verified_senders/],
  ])('refuses %j', (mail, message) => {
    expect(messagesOf(mail)).toEqual([expect.stringMatching(message)]);
  });

  it('takes verified senders as a list, or as a text with commas', () => {
    const parse = (verified_senders: unknown) =>
      configSchema.parse({ mail: { verified_senders } }).mail.verified_senders;
    expect(parse('travel.nl, news@other.nl,')).toEqual(['travel.nl', 'news@other.nl']);
    expect(parse(['travel.nl'])).toEqual(['travel.nl']);
    expect(parse(undefined)).toEqual([]);
  });
});
