import { sepaText } from './sepa-text.ts';

/** An account that a transfer can go to or come from; the IBAN and BIC have passed their checks. */
export interface BankAccount {
  /** In the characters that every bank takes, at most 70. */
  readonly name: string;
  readonly iban: string;
  readonly bic: string | undefined;
}

/** What an operator or a customer wrote down. */
export interface GivenAccount {
  readonly name: string;
  readonly iban: string;
  readonly bic: string;
}

const NAME_LENGTH = 70;

/**
 * An account that can be paid in the SEPA area, or why it can't: no IBAN, one that fails its checksum or the form of its country (as
 * ibantools knows them), a country outside of SEPA, a BIC that is none, no name.
 */
export async function parseBankAccount({ name, iban, bic }: GivenAccount): Promise<BankAccount | string> {
  const { electronicFormatIBAN, extractIBAN, isSEPACountry, isValidBIC, isValidIBAN } = await import(
    'ibantools'
  );
  if (iban.trim() === '') return 'no IBAN is known';
  const plain = electronicFormatIBAN(iban) ?? '';
  if (!isValidIBAN(plain)) return 'the IBAN is not valid';
  const country = extractIBAN(plain).countryCode ?? '';
  if (!isSEPACountry(country)) return `the IBAN is of ${country}, outside of SEPA`;
  const code = bic.replace(/\s/g, '').toUpperCase();
  if (code !== '' && !isValidBIC(code)) return 'the BIC is not valid';
  const holder = sepaText(name, NAME_LENGTH);
  if (holder === '') return 'no name is known that a bank can write';
  return { name: holder, iban: plain, bic: code === '' ? undefined : code };
}
