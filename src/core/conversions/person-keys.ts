/** What the fraud rules compare about a person. */
export interface Person {
  readonly email: string | null;
  readonly address_key: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  /** The attributes that make up a postal address, joined; null unless all of them are there. */
  readonly postal: string | null;
}

/** The two parts of an address, in lower case. */
export function splitAddress(
  email: string | null,
): { readonly local: string; readonly domain: string } | undefined {
  if (email === null) return undefined;
  const at = email.lastIndexOf('@');
  if (at < 1) return undefined;
  return { local: email.slice(0, at).toLowerCase(), domain: email.slice(at + 1).toLowerCase() };
}

/** A local part without its tag, dots, hyphens and underlines. */
export function bareLocal(local: string): string {
  return local.replace(/\+.*$/, '').replace(/[.\-_]/g, '');
}

/** A mailbox without tag and dots, wherever it is: what one person can make many addresses of. */
export function mailboxKey(email: string | null): string | undefined {
  const address = splitAddress(email);
  return address === undefined ? undefined : `${bareLocal(address.local)}@${address.domain}`;
}

/** A full name, or nothing for a person of whom only a part of it is known. */
export function nameKey({ first_name, last_name, name }: Person): string {
  const full = first_name !== null && last_name !== null ? `${first_name} ${last_name}` : (name ?? '');
  const key = full
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter} ]/gu, '')
    .trim();
  return key.includes(' ') ? key : '';
}

/** The last nine digits: the same number with and without its country code. */
export function phoneKey(phone: string | null): string | undefined {
  if (phone === null) return undefined;
  const digits = phone.replace(/\D/g, '');
  return digits.length >= 8 ? digits.slice(-9).replace(/^0+/, '') : undefined;
}

/** A postal address by its letters and digits: case, accents, blanks and punctuation don't matter. */
export function postalKey(postal: string | null): string | undefined {
  if (postal === null) return undefined;
  const parts = postal.split('\u001f').map((part) =>
    part
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[^\p{Letter}\p{Number}]+/gu, ''),
  );
  return parts.includes('') ? undefined : parts.join(' ');
}
