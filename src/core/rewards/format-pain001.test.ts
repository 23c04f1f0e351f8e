import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { composeIBAN } from 'ibantools';
import { describe, expect, it } from 'vitest';
import { checkPain001, findAll, PAIN_SCHEMA, parseXml } from '../../../test/check-pain001.ts';
import { parseBankAccount } from './bank-account.ts';
import { type CreditTransfers, formatPain001, MOST_CENTS, type Transfer } from './format-pain001.ts';

const DEBTOR = { name: 'Example Travel', iban: 'NL91ABNA0417164300', bic: undefined };

const given: CreditTransfers = {
  payout: 'PO-000001',
  created_at: '2026-09-15T12:00:00.120Z',
  debtor: DEBTOR,
  transfers: [
    { number: 1, customer_id: 'C-1', account: { ...DEBTOR, name: 'Zoe Muller' }, amount_minor: 5_000 },
    {
      number: 3,
      customer_id: 'C-<3>&',
      account: { name: 'Jan Jansen', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' },
      amount_minor: 1,
    },
  ],
};

const account = fc
  .record({
    digits: fc.integer({ min: 0, max: 9_999_999_999 }),
    bic: fc.constantFrom('', 'ABNANL2A', 'COBADEFFXXX'),
    name: fc.string({ unit: 'grapheme', maxLength: 120 }),
  })
  .map(({ digits, bic, name }) => {
    const bban = `ABNA${String(digits).padStart(10, '0')}`;
    return { iban: composeIBAN({ countryCode: 'NL', bban }) ?? '', bic, name: `A${name}` };
  })
  .filter(({ iban }) => iban !== '');

describe('formatPain001', () => {
  it('writes one block of SEPA transfers with counts and sums', () => {
    const xml = formatPain001(given);
    expect(checkPain001(xml)).toEqual([]);
    const document = parseXml(xml);
    const texts = (name: string) => findAll(document, name).map(({ text }) => text);
    expect(texts('CtrlSum')).toEqual(['50.01', '50.01']);
    expect(texts('EndToEndId')).toEqual(['PO-000001-000001', 'PO-000001-000003']);
    expect(texts('Ustrd')[1]).toBe('Referral rewards PO-000001 C- 3 +');
    expect(formatPain001(given)).toBe(xml);
  });

  it('writes a message of the published form, whatever accounts and amounts it is given', async () => {
    const amount = fc.integer({ min: 1, max: MOST_CENTS });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(account, amount), { minLength: 1, maxLength: 8 }), async (list) => {
        const transfers: Transfer[] = [];
        for (const [index, [raw, amount_minor]] of list.entries()) {
          const parsed = await parseBankAccount(raw);
          if (typeof parsed === 'string') continue;
          transfers.push({ number: index + 1, customer_id: raw.name, account: parsed, amount_minor });
        }
        if (transfers.length === 0) return;
        expect(checkPain001(formatPain001({ ...given, transfers }))).toEqual([]);
      }),
    );
  });

  // The schema is ISO's and is not shipped with this project: who has it names it, and has libxml2's xmllint installed.
  it.skipIf(PAIN_SCHEMA === undefined)('is valid by the schema that REFERRAL_PAIN_SCHEMA names', () => {
    execFileSync('xmllint', ['--noout', '--schema', PAIN_SCHEMA ?? '', '-'], { input: formatPain001(given) });
  });

  it.each([
    [
      'an order that is not that of the schema',
      /<PmtMtd>TRF<\/PmtMtd>(<NbOfTxs>2<\/NbOfTxs>)/,
      '$1<PmtMtd>TRF</PmtMtd>',
    ],
    ['a missing name', '<Cdtr><Nm>Jan Jansen</Nm></Cdtr>', ''],
    ['a wrong sum', '<CtrlSum>50.01', '<CtrlSum>50.02'],
    ['an amount without cents', '>0.01</InstdAmt>', '>1</InstdAmt>'],
    ['an unknown element', '<ChrgBr>SLEV</ChrgBr>', '<ChrgBr>SLEV</ChrgBr><X>1</X>'],
  ])('would be refused by the check for %s', (_what, from, to) => {
    const xml = formatPain001(given);
    const spoilt = xml.replace(from, to);
    expect(spoilt).not.toBe(xml);
    expect(checkPain001(spoilt)).not.toEqual([]);
  });
});

describe('parseBankAccount', () => {
  it.each([
    ['', 'no IBAN is known'],
    ['NL91 ABNA 0417 1643 01', 'the IBAN is not valid'],
    ['NL91ABNA041716430', 'the IBAN is not valid'],
    ['SA0380000000608010167519', 'the IBAN is of SA, outside of SEPA'],
  ])('refuses %s', async (iban, reason) => {
    expect(await parseBankAccount({ iban, name: 'A', bic: '' })).toBe(reason);
  });

  it('takes an IBAN as people write it, and catches every single wrong digit', async () => {
    expect(await parseBankAccount({ iban: 'nl91 abna 0417 1643 00', name: 'A', bic: '' })).toMatchObject({
      iban: 'NL91ABNA0417164300',
    });
    for (let at = 8; at < 18; at += 1) {
      const digits = [...'NL91ABNA0417164300'];
      digits[at] = String((Number(digits[at]) + 1) % 10);
      expect(await parseBankAccount({ iban: digits.join(''), name: 'A', bic: '' })).toBe(
        'the IBAN is not valid',
      );
    }
    expect(await parseBankAccount({ iban: 'NL91ABNA0417164300', name: '田', bic: '' })).toBe(
      'no name is known that a bank can write',
    );
    expect(await parseBankAccount({ iban: 'NL91ABNA0417164300', name: 'A', bic: 'X' })).toBe(
      'the BIC is not valid',
    );
  });
});
