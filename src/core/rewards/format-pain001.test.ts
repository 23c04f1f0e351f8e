import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPain001, findAll, parseXml } from '../../../test/check-pain001.ts';
import { givenTransfers, TRANSFERS, toTransfers } from '../../../test/transfers.ts';
import { parseBankAccount } from './bank-account.ts';
import { formatPain001 } from './format-pain001.ts';

describe('formatPain001', () => {
  it('writes one block of SEPA transfers with counts and sums', () => {
    const xml = formatPain001(TRANSFERS);
    expect(checkPain001(xml)).toEqual([]);
    const document = parseXml(xml);
    const texts = (name: string) => findAll(document, name).map(({ text }) => text);
    expect(texts('CtrlSum')).toEqual(['50.01', '50.01']);
    expect(texts('EndToEndId')).toEqual(['PO-000001-000001', 'PO-000001-000003']);
    expect(texts('Ustrd')[1]).toBe('Referral rewards PO-000001 C- 3 +');
    expect(formatPain001(TRANSFERS)).toBe(xml);
  });

  it('writes a message of the published form, whatever accounts and amounts it is given', async () => {
    await fc.assert(
      fc.asyncProperty(givenTransfers, async (list) => {
        const transfers = await toTransfers(list);
        if (transfers !== undefined) expect(checkPain001(formatPain001(transfers))).toEqual([]);
      }),
    );
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
    const xml = formatPain001(TRANSFERS);
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
