import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAddress } from './address-key.ts';

const TESTS = join(import.meta.dirname, '../../../../shared/data/email/tests.xml');

describe('reading an address', () => {
  test.each([
    ['Jan.Jansen@Example.COM', 'Jan.Jansen@example.com', 'jan.jansen@example.com'],
    [' a@b.example ', 'a@b.example', 'a@b.example'],
    ['J.a.n+Trips@GoogleMail.com', 'J.a.n+Trips@googlemail.com', 'jan@gmail.com'],
    ['jan+a@outlook.com', 'jan+a@outlook.com', 'jan@outlook.com'],
    ['jan+a@example.com', 'jan+a@example.com', 'jan+a@example.com'],
    ['jan@münchen.example', 'jan@xn--mnchen-3ya.example', 'jan@xn--mnchen-3ya.example'],
    ['+@gmail.com', '+@gmail.com', '+@gmail.com'],
  ])('%s', (text, email, key) => {
    expect(parseAddress(text)).toEqual({
      email,
      address_key: key,
      domain: email.slice(email.lastIndexOf('@') + 1),
    });
  });

  test.each([
    '',
    '@',
    'jan',
    'jan@',
    '@example.com',
    'jan@example',
    'a b@example.com',
    'jan@-a.example',
    'jan@1.2.3.4',
    'jan..a@example.com',
    'jan@example.com, piet@example.com',
    'Jan <jan@example.com>',
    '"jan"@example.com',
    'jan@[127.0.0.1]',
    `${'a'.repeat(65)}@example.com`,
    'jan@exa\u202Emple.com',
    'jan\n@example.com',
  ])('refuses %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  test('the key of a key is itself', () => {
    const local = fc.stringMatching(/^[A-Za-z0-9+._-]{1,20}$/);
    const domain = fc.constantFrom(
      'gmail.com',
      'GoogleMail.com',
      'outlook.com',
      'example.com',
      'münchen.example',
    );
    fc.assert(
      fc.property(local, domain, (name, host) => {
        const address = parseAddress(`${name}@${host}`);
        if (address === undefined) return;
        expect(parseAddress(address.address_key)?.address_key).toBe(address.address_key);
        expect(parseAddress(address.email)).toEqual(address);
      }),
    );
  });
});

describe.skipIf(!existsSync(TESTS))('the isemail verdicts (skipped without ../shared/data)', () => {
  const xml = existsSync(TESTS) ? readFileSync(TESTS, 'utf8') : '';
  const cases = [...xml.matchAll(/<test id="(\d+)">([\s\S]*?)<\/test>/g)].map(([, id, body = '']) => ({
    id: Number(id),
    address: unescapeXml(/<address>([\s\S]*?)<\/address>/.exec(body)?.[1] ?? ''),
    category: /<category>(\w+)<\/category>/.exec(body)?.[1] ?? '',
  }));

  test('there are all of them', () => {
    expect(cases.length).toBe(164);
  });

  // Accepted: what is valid by RFC 5321 without quoting and has a domain with a dot. Whether the domain exists (DNSWARN) is not asked.
  test.each(cases)('number $id is $category', ({ address, category }) => {
    const accepted =
      (category === 'ISEMAIL_VALID_CATEGORY' || category === 'ISEMAIL_DNSWARN') && /@.*\./.test(address);
    // Blanks around an address are dropped, as in every cell.
    const isPadded = /^ ?test@iana\.org ?$/.test(address);
    expect(parseAddress(address) !== undefined).toBe(accepted || isPadded);
  });
});

function unescapeXml(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&')
    .replace(/[\u2400-\u2421]/g, (symbol) => String.fromCharCode(symbol.charCodeAt(0) - 0x2400));
}
