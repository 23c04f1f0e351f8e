import { describe, expect, it } from 'vitest';
import { readSendgridReply } from './sendgrid-reply.ts';

const read = (status: number, headers: Record<string, string> = {}, body: unknown = '') =>
  readSendgridReply({ status, headers, body }, 1_000_000);

describe('a reply of SendGrid', () => {
  it('that is 202 names the request', () => {
    expect(read(202, { 'x-message-id': 'abc' })).toEqual({ kind: 'accepted', messageId: 'abc' });
  });

  it('that is 400 and names entries refuses those, without the address in it', () => {
    const body = {
      errors: [
        { field: 'personalizations.1.to.0.email', message: 'x@y.nl is not valid' },
        { field: 'personalizations.17', message: 'bad' },
      ],
    };
    expect(read(400, {}, body)).toEqual({
      kind: 'bad_entries',
      entries: new Map([
        [1, '(address) is not valid'],
        [17, 'bad'],
      ]),
    });
  });

  it('that is 400 about the message as a whole stops sending', () => {
    const body = { errors: [{ field: 'from', message: 'not verified' }] };
    expect(read(400, {}, body)).toMatchObject({ kind: 'halt', halt: { kind: 'provider_refused' } });
  });

  it('that is 401 or 403 says that the key is refused', () => {
    expect(read(401)).toMatchObject({ halt: { kind: 'credential_refused' } });
    expect(read(403)).toMatchObject({ halt: { kind: 'credential_refused' } });
  });

  it('that is 429 or 503 says how long to wait', () => {
    expect(read(429, { 'x-ratelimit-reset': '1002' })).toMatchObject({
      halt: { kind: 'wait', milliseconds: 2_000 },
    });
    expect(read(503, { 'retry-after': '3' })).toMatchObject({ halt: { kind: 'wait', milliseconds: 3_000 } });
    expect(read(429)).toMatchObject({ halt: { kind: 'wait', milliseconds: 1_000 } });
  });

  it('that is another 5xx leaves a doubt', () => {
    expect(read(500)).toMatchObject({ kind: 'in_doubt' });
    expect(read(504)).toMatchObject({ kind: 'in_doubt' });
  });

  it('that is 413 asks for smaller requests', () => {
    expect(read(413, {}, '<html>')).toEqual({ kind: 'too_large' });
  });
});
