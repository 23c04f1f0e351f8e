import { describe, expect, test } from 'vitest';
import { defaultRules } from '../contests/rules.ts';
import { findPersonalFraud } from './find-fraud.ts';
import type { Person } from './person-keys.ts';

const person = (more: Partial<Person>): Person => ({
  ...{
    email: null,
    address_key: null,
    first_name: null,
    last_name: null,
    name: null,
    phone: null,
    postal: null,
  },
  ...more,
});
const actions = {
  ...defaultRules().fraud,
  same_address: { action: 'hold' as const, attributes: ['street'] },
};
const rules = (one: Partial<Person>, two: Partial<Person>) =>
  findPersonalFraud(person(one), person(two), actions, (domain) => domain === 'trash.example').map(
    ({ rule, action }) => `${rule} ${action}`,
  );
const mail = (email: string) => ({ email, address_key: email });

describe('findPersonalFraud', () => {
  test('tells one mailbox of two customers from an alias', () => {
    expect(rules(mail('a@x.example'), mail('a@x.example'))).toEqual(['same_mailbox reject']);
    expect(rules(mail('jan.smit@x.example'), mail('jansmit+1@x.example'))).toEqual(['alias hold']);
    expect(rules(mail('jan.smit@x.example'), mail('jansmit2@x.example'))).toEqual(['alias hold']);
    expect(rules(mail('jan.smit@x.example'), mail('jan.smit@y.example'))).toEqual([]);
    expect(rules(mail('user12@x.example'), mail('user34@x.example'))).toEqual([]);
  });

  test('takes the same full name at the same domain for an alias, a first name alone not', () => {
    const named = (email: string, name: string) => ({ ...mail(email), name });
    expect(rules(named('js@x.example', 'Jan Smit'), named('smit@x.example', 'jan smit'))).toEqual([
      'alias hold',
    ]);
    expect(rules(named('js@x.example', 'Jan'), named('other@x.example', 'Jan'))).toEqual([]);
  });

  test('compares phones without their country code', () => {
    expect(rules({ phone: '+31 6 1234 5678' }, { phone: '06-12345678' })).toEqual(['same_phone hold']);
    expect(rules({ phone: '112' }, { phone: '112' })).toEqual([]);
  });

  test('compares postal addresses by letters and digits, and only whole ones', () => {
    const one = { postal: 'Lange Straße 5-a\u001f1234 AB' };
    expect(rules(one, { postal: 'LANGE STRAßE 5A\u001f1234ab ' })).toEqual(['same_address hold']);
    expect(rules(one, { postal: 'Lange Straße 5-b\u001f1234 AB' })).toEqual([]);
    expect(rules({ postal: '-\u001f1234 AB' }, { postal: '-\u001f1234 AB' })).toEqual([]);
    expect(rules({ postal: null }, { postal: null })).toEqual([]);
  });

  test('finds throw-away mailboxes of the friend, not of the referrer', () => {
    expect(rules(mail('a@x.example'), mail('b@trash.example'))).toEqual(['disposable_domain hold']);
    expect(rules(mail('a@trash.example'), mail('b@x.example'))).toEqual([]);
  });

  test('keeps addresses and phone numbers out of the evidence', () => {
    const found = findPersonalFraud(
      person({ ...mail('jan.smit@x.example'), phone: '0612345678' }),
      person({ ...mail('jan.smit+1@x.example'), phone: '0612345678' }),
      actions,
      () => false,
    );
    expect(JSON.stringify(found)).not.toMatch(/jan|0612345678/);
  });
});
