import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { compileMime } from './compile-mime.ts';
import { createDkimSigner } from './dkim-signer.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'referral-dkim-'));
  await writeFile(join(folder, 'dkim.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const SENDER = { fromEmail: 'contest@example.test', fromName: 'Zoë’s Contest', replyTo: 'help@example.test' };

function writeMessage(name: string): string {
  const part = { statics: ['Hello ', ',\n\n  two  blanks \t and a last line \n\n\n'], slots: [0] };
  const slot = {
    source: '',
    place: 'text',
    variables: [],
    fill: () => '',
    fillWhole: () => '',
    addMissing: () => undefined,
  } as const;
  const program = { subject: part, text: part, html: part, slots: [slot], variables: [] };
  const mail = {
    ...{ deliveryId: 1, reference: 'instance-1', email: 'c1@people.test', filled: [name] },
    unsubscribeUrl: `https://example.test/u/${'x'.repeat(120)}`,
  };
  return compileMime({ campaign: 'launch', variant: 'default', program }, SENDER)(mail, new Date(0));
}

/** A verifier of RFC 6376, relaxed/relaxed and rsa-sha256, written from the standard. Gives the names of the signed headers. */
function verify(message: string): readonly string[] | undefined {
  const end = message.indexOf('\r\n\r\n');
  const headers = message.slice(0, end).split(/\r\n(?![ \t])/);
  const body = message.slice(end + 4);
  const [signature = '', ...others] = headers;
  const tags = new Map(
    signature
      .slice(signature.indexOf(':') + 1)
      .split(';')
      .map((tag) => {
        const [name = '', ...value] = tag.split('=');
        return [name.trim(), value.join('=').replaceAll(/\s+/g, '')] as const;
      }),
  );
  const relaxedBody = body
    .split('\r\n')
    .map((line) => line.replaceAll(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(\r\n)*$/, '\r\n');
  if (createHash('sha256').update(relaxedBody, 'latin1').digest('base64') !== tags.get('bh'))
    return undefined;
  const names = (tags.get('h') ?? '').split(':');
  const relax = (header: string): string => {
    const [name = '', ...value] = header.split(':');
    const text = value
      .join(':')
      .replaceAll('\r\n', '')
      .replaceAll(/[ \t]+/g, ' ')
      .trim();
    return `${name.trim().toLowerCase()}:${text}`;
  };
  const signed = names.map(
    (name) => others.findLast((header) => header.toLowerCase().startsWith(`${name.toLowerCase()}:`)) ?? '',
  );
  const own = relax(signature).replace(/(; ?b=)[^;]*/, '$1');
  const input = [...signed.map(relax), own].join('\r\n');
  const isGood = createVerify('RSA-SHA256')
    .update(input, 'latin1')
    .verify(publicKey, tags.get('b') ?? '', 'base64');
  return isGood && tags.get('d') === 'example.test' && tags.get('s') === 's1' ? names : undefined;
}

test('a verifier of RFC 6376 accepts what was signed, and nothing that was changed since', async () => {
  const sign = await createDkimSigner({
    domain: 'example.test',
    selector: 's1',
    keyFile: join(folder, 'dkim.pem'),
  });
  for (const name of ['Anna', 'Zoë =?', '.\r\n.', 'x'.repeat(500)]) {
    const signed = await sign(writeMessage(name));
    expect(verify(signed)).toEqual(
      expect.arrayContaining(['from', 'list-unsubscribe', 'list-unsubscribe-post']),
    );
    expect(verify(signed.replace('c1@people.test', 'c2@people.test'))).toBeUndefined();
    expect(verify(signed.replace('two', 'too'))).toBeUndefined();
    expect(signed.slice(signed.indexOf('From:'))).toBe(
      writeMessage(name).slice(writeMessage(name).indexOf('From:')),
    );
  }
});

test('a key that can not sign is refused before anything is sent', async () => {
  const { privateKey: other } = generateKeyPairSync('ed25519');
  await writeFile(join(folder, 'ed25519.pem'), other.export({ type: 'pkcs8', format: 'pem' }));
  await writeFile(join(folder, 'rubbish.pem'), 'no key');
  for (const file of ['ed25519.pem', 'rubbish.pem', 'absent.pem']) {
    const options = { domain: 'example.test', selector: 's1', keyFile: join(folder, file) };
    await expect(createDkimSigner(options)).rejects.toMatchObject({ code: 'configuration_invalid' });
  }
});
