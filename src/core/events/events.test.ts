import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSendgridEvent } from './parse-sendgrid-event.ts';
import { splitJsonEntries } from './split-json-entries.ts';
import { isSigned, parseVerificationKey } from './verify-signature.ts';

async function split(...chunks: readonly string[]): Promise<(string | undefined)[]> {
  return Array.fromAsync(
    splitJsonEntries(
      (async function* () {
        yield* chunks;
      })(),
    ),
  );
}

describe('webhook bodies', () => {
  it.each([
    ['one array', '[{"a":1},\r\n{"b":"]}"}]'],
    ['arrays one after the other', '[{"a":1}][{"b":"]}"}]'],
    ['one object per line', '{"a":1}\n{"b":"]}"}\n'],
    ['an array with a byte order mark', '\uFEFF[{"a":1},{"b":"]}"}]'],
  ])('are cut into entries: %s', async (_, text) => {
    expect(await split(text)).toEqual(['{"a":1}', '{"b":"]}"}']);
  });

  it('are cut the same wherever the chunks end', async () => {
    const entries = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(entries, fc.integer({ min: 1, max: 7 }), async (values, size) => {
        const text = JSON.stringify(values);
        const chunks = text.match(new RegExp(`[\\s\\S]{1,${size}}`, 'gu')) ?? [];
        const found = await split(...chunks);
        expect(found.map((entry) => JSON.parse(entry ?? 'null') as unknown)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('lose only the broken entry', async () => {
    expect(await split('{"a":1\n{"b":"x\n{"c":3}\nrubbish\n{"d":4}')).toEqual([
      undefined,
      undefined,
      '{"c":3}',
      undefined,
      '{"d":4}',
    ]);
  });
});

describe('an event', () => {
  const base = {
    email: 'A@x.nl',
    timestamp: 1_513_299_569,
    event: 'bounce',
    sg_event_id: 'e',
    sg_message_id: 'm1.filter.0',
  };

  it('is told apart by whether the mailbox or only the mail was refused', () => {
    expect(parseSendgridEvent(base)).toMatchObject({
      type: 'bounced',
      suppress: 'bounced',
      addressKey: 'a@x.nl',
    });
    expect(parseSendgridEvent({ ...base, type: 'blocked' })?.suppress).toBeUndefined();
  });

  it('may belong to the request that its message id begins with', () => {
    expect(parseSendgridEvent(base)?.messageIds).toContain('m1');
  });

  it('does not keep the address that a server quotes', () => {
    expect(parseSendgridEvent({ ...base, reason: '550 <a@x.nl> unknown' })?.reason).toBe(
      '550 <(address)> unknown',
    );
  });

  it('without the fields of one is none', () => {
    for (const entry of [null, 5, 'x', {}, { ...base, timestamp: 'soon' }, { ...base, email: '' }]) {
      expect(parseSendgridEvent(entry)).toBeUndefined();
    }
  });

  it('without an id of its own gets one from its content', () => {
    const { sg_event_id: _, ...rest } = base;
    expect(parseSendgridEvent(rest)?.providerEventId).toBe(parseSendgridEvent({ ...rest })?.providerEventId);
  });
});

describe('a signature', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = parseVerificationKey(publicKey.export({ type: 'spki', format: 'der' }).toString('base64'));
  const body = '[{"email":"a@x.nl"}]\r\n';
  const signature = sign('sha256', Buffer.from(`1600112502${body}`), privateKey).toString('base64');

  it('of timestamp and raw body is accepted, with the key as base64 or PEM', () => {
    const pem = parseVerificationKey(publicKey.export({ type: 'spki', format: 'pem' }).toString());
    expect(isSigned(key, '1600112502', body, signature)).toBe(true);
    expect(isSigned(pem, '1600112502', Buffer.from(body), signature)).toBe(true);
  });

  it('is refused for another body, for a shifted timestamp and for rubbish', () => {
    expect(isSigned(key, '1600112502', body.trim(), signature)).toBe(false);
    expect(isSigned(key, '160011250', `2${body}`, signature)).toBe(false);
    expect(isSigned(key, '1600112502', body, 'rubbish')).toBe(false);
  });

  it('needs a key that is one', () => {
    expect(() => parseVerificationKey('no key')).toThrow(/not an ECDSA public key/);
  });
});
