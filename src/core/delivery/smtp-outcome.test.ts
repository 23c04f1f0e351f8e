import { describe, expect, it } from 'vitest';
import { readSmtpFailure } from './smtp-outcome.ts';

const fail = (code: string, command: string, responseCode?: number) => ({
  message: 'no',
  code,
  command,
  responseCode,
});

describe('a failure of SMTP', () => {
  it('before the body leaves no doubt', () => {
    expect(readSmtpFailure(fail('ECONNECTION', 'CONN'), false)).toMatchObject({
      outcome: { kind: 'unsent', countsAsAttempt: false },
      halt: { kind: 'unreachable' },
    });
  });

  it('of a server that says goodbye before the body asks everybody to wait', () => {
    expect(readSmtpFailure(fail('ECONNECTION', 'CONN', 421), false)).toMatchObject({
      outcome: { kind: 'unsent', countsAsAttempt: false },
      halt: { kind: 'wait' },
    });
    expect(readSmtpFailure(fail('ECONNECTION', 'CONN', 421), true).outcome.kind).toBe('in_doubt');
  });

  it('of the connection after the body has begun leaves a doubt', () => {
    expect(readSmtpFailure(fail('ECONNECTION', 'CONN'), true).outcome.kind).toBe('in_doubt');
    expect(readSmtpFailure(fail('ETIMEDOUT', 'CONN'), true).outcome.kind).toBe('in_doubt');
  });

  it('with a 5yz refuses, with a 4yz is tried again', () => {
    expect(readSmtpFailure(fail('EENVELOPE', 'RCPT TO', 550), false).outcome.kind).toBe('refused');
    expect(readSmtpFailure(fail('EMESSAGE', 'DATA', 554), true).outcome.kind).toBe('refused');
    expect(readSmtpFailure(fail('EMESSAGE', 'DATA', 451), true).outcome).toMatchObject({
      kind: 'unsent',
      countsAsAttempt: true,
    });
  });

  it('about the sender stops the campaign instead of refusing everybody', () => {
    expect(readSmtpFailure(fail('EENVELOPE', 'MAIL FROM', 553), false)).toMatchObject({
      outcome: { kind: 'unsent' },
      halt: { kind: 'provider_refused' },
    });
  });

  it('of the login stops with the credential', () => {
    expect(readSmtpFailure(fail('EAUTH', 'AUTH PLAIN', 535), false).halt?.kind).toBe('credential_refused');
  });
});
