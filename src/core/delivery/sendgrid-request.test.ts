import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Personalization, SendgridBody } from '../../../test/servers/sendgrid-server.ts';
import { joinSlotText, type SlotText } from '../templates/message-program.ts';
import { compileSendgrid, type SendgridRequest } from './sendgrid-request.ts';
import type { Mail, Message } from './transport.ts';

const SENDER = { fromEmail: 'contest@example.test', fromName: 'Contest "Team"', replyTo: undefined };
const SLOTS = 4;

function messageOf(statics: readonly string[]): Message {
  const text: SlotText = { statics: [...statics, '!'], slots: [0, 1, 2, 3, 1] };
  const slot = {
    source: '',
    place: 'text',
    variables: [],
    fill: () => '',
    fillWhole: () => '',
    addMissing: () => undefined,
  } as const;
  const slots = Array.from({ length: SLOTS }, () => slot);
  return {
    campaign: 'launch',
    variant: 'default',
    program: { subject: text, text, html: text, slots, variables: [] },
  };
}

function mailsOf(values: readonly (readonly string[])[]): Mail[] {
  return values.map((filled, index) => ({
    deliveryId: index,
    reference: `instance-${index}`,
    email: `c${index}@people.test`,
    unsubscribeUrl: `https://example.test/u/${index}`,
    filled,
  }));
}

function write(message: Message, mails: readonly Mail[]): readonly SendgridRequest[] {
  return compileSendgrid(message, SENDER)(mails, [...mails.keys()]);
}

function substitute(text: string, { substitutions = {} }: Personalization): string {
  let result = text;
  for (const [tag, value] of Object.entries(substitutions)) result = result.replaceAll(tag, () => value);
  return result;
}

// Few different values, so that mails often have some in common.
const value = fc.oneof(
  fc.constantFrom('', 'Zoë', '10% off', '"quoted"\n', '€€'),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const filled = fc.array(value, { minLength: SLOTS, maxLength: SLOTS });
const statics = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 5, maxLength: 5 });

test('whatever mails share, each of them reads as if it had been written for one person', () => {
  fc.assert(
    fc.property(statics, fc.array(filled, { minLength: 1, maxLength: 6 }), (pieces, values) => {
      const message = messageOf(pieces);
      const mails = mailsOf(values);
      for (const { body, indexes } of write(message, mails)) {
        const parsed = JSON.parse(body) as SendgridBody;
        expect(parsed.from).toEqual({ email: SENDER.fromEmail, name: SENDER.fromName });
        for (const [entry, index] of indexes.entries()) {
          const person = parsed.personalizations[entry] as Personalization;
          expect(person.to).toEqual([{ email: mails[index]?.email }]);
          expect(person.custom_args).toEqual({ delivery: mails[index]?.reference });
          const whole = joinSlotText(message.program.html, mails[index]?.filled ?? []);
          for (const text of [parsed.subject, ...parsed.content.map((part) => part.value)])
            expect(substitute(text, person)).toBe(whole);
        }
      }
    }),
  );
});

test('what everybody has in common is no substitution, and what stands in two places travels once', () => {
  const mails = mailsOf([
    ['Anna', 'all alike', 'Anna', 'A'],
    ['Bert', 'all alike', 'Bert', 'B'],
  ]);
  const [request] = write(messageOf(['', '', '', '', '']), mails);
  const body = JSON.parse(request?.body ?? '') as SendgridBody;
  expect(body.personalizations.map((person) => Object.values(person.substitutions ?? {}))).toEqual([
    ['Anna', 'A'],
    ['Bert', 'B'],
  ]);
  expect(body.subject).toContain('all alike');
});

test('a request has at most 1,000 people and 30 MB, and nobody more than 10,000 bytes of substitutions', () => {
  const many = mailsOf(Array.from({ length: 2_400 }, (_, index) => [`${index}`, '', '', '']));
  const lengths = write(messageOf(['', '', '', '', '']), many).map(({ indexes }) => indexes.length);
  expect(lengths).toEqual([1_000, 1_000, 400]);

  const wide = mailsOf(
    Array.from({ length: 1_000 }, (_, index) => [`${index}${'€'.repeat(3_300)}`, 'x', 'y', 'z']),
  );
  const requests = write(messageOf(['', '', '', '', 's'.repeat(7_000_000)]), wide);
  expect(requests.length).toBeGreaterThan(1);
  expect(requests.flatMap(({ indexes }) => indexes)).toHaveLength(1_000);
  for (const { body } of requests) expect(Buffer.byteLength(body)).toBeLessThan(30_000_000);

  const [short, long] = [
    ['a', '', '', ''],
    ['€'.repeat(3_400), 'b', 'c', 'd'],
  ];
  const split = write(messageOf(['', '', '', '', '']), mailsOf([short, long, short] as string[][]));
  expect(split.map(({ indexes }) => indexes).toSorted()).toEqual([[0, 2], [1]]);
});
