import { describe, expect, it } from 'vitest';
import { encodeHeader, encodeMailbox } from './encode-header.ts';

const decode = (text: string) =>
  text
    .split('\r\n ')
    .map((word) => Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? '', 'base64').toString())
    .join('');

describe('a header', () => {
  it('stays as it is when it is short ASCII', () => {
    expect(encodeHeader('Your code')).toBe('Your code');
  });

  it('is cut into encoded words of whole characters, none above 75', () => {
    const subject = 'Ünïcödé 👍 '.repeat(20).trim();
    const encoded = encodeHeader(subject);
    for (const word of encoded.split('\r\n ')) expect(word.length).toBeLessThanOrEqual(75);
    expect(decode(encoded)).toBe(subject);
  });

  it('can not be ended by a value with a line break in it', () => {
    expect(encodeHeader('Hello\r\nBcc: all@x.nl')).toBe('Hello Bcc: all@x.nl');
    expect(encodeMailbox('A "B"\nC', 'a@x.nl')).toBe('"A \\"B\\" C" <a@x.nl>');
  });

  it('is encoded when it looks encoded already', () => {
    expect(encodeHeader('=?utf-8?q?x?=')).toMatch(/^=\?UTF-8\?B\?/);
  });
});
