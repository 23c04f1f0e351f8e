import type { FraudAction, Rules } from '../contests/rules.ts';

export type FraudRule = 'same_mailbox' | 'alias' | 'same_phone' | 'disposable_domain' | 'velocity' | 'ring';

/** A named rule that a referral trips, with what it saw; no address and no phone number is copied into the evidence. */
export interface FraudFinding {
  readonly rule: FraudRule;
  readonly action: FraudAction;
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** What the rules compare about a person. */
export interface Person {
  readonly email: string | null;
  readonly address_key: string | null;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly name: string | null;
  readonly phone: string | null;
}

export type PersonalFraudRule = Exclude<FraudRule, 'velocity' | 'ring'>;

/** Is this the domain of a throw-away mailbox? Given from outside, so that the list loads only when it is needed. */
export type IsDisposable = (domain: string) => boolean;

/** The findings of the rules that look at two people: the code's owner and the friend. Ignored rules find nothing. */
export function findPersonalFraud(
  referrer: Person,
  friend: Person,
  actions: Pick<Rules['fraud'], PersonalFraudRule>,
  isDisposable: IsDisposable,
): readonly FraudFinding[] {
  const findings: FraudFinding[] = [];
  const check = (rule: PersonalFraudRule, look: () => Record<string, unknown> | undefined): void => {
    const action = actions[rule];
    if (action === 'ignore') return;
    const evidence = look();
    if (evidence !== undefined) findings.push({ rule, action, evidence });
  };
  const sameMailbox = referrer.address_key !== null && referrer.address_key === friend.address_key;
  check('same_mailbox', () => (sameMailbox ? { same: 'address_key' } : undefined));
  check('alias', () => (sameMailbox ? undefined : findAlias(referrer, friend)));
  check('same_phone', () => {
    const phone = phoneKey(referrer.phone);
    return phone !== undefined && phone === phoneKey(friend.phone) ? { same: 'phone' } : undefined;
  });
  check('disposable_domain', () => {
    const domain = splitAddress(friend.email)?.domain;
    return domain !== undefined && isDisposable(domain) ? { domain } : undefined;
  });
  return findings;
}

// Two addresses of what may be one person: at the same domain, the same local part but for a tag, dots, hyphens or a
// number at the end of one of them, or any local part under the same full name.
function findAlias(referrer: Person, friend: Person): Record<string, unknown> | undefined {
  const one = splitAddress(referrer.email);
  const two = splitAddress(friend.email);
  if (one === undefined || two === undefined || one.domain !== two.domain) return undefined;
  const [left, right] = [bareLocal(one.local), bareLocal(two.local)];
  if (left === right) return { domain: one.domain, differs: 'tag_or_dots' };
  const sameName = nameKey(referrer) !== '' && nameKey(referrer) === nameKey(friend);
  if (sameName) return { domain: one.domain, differs: 'address', same: 'name' };
  const [leftWord, rightWord] = [left.replace(/\d+$/, ''), right.replace(/\d+$/, '')];
  const onlyOneNumbered = (left === leftWord) !== (right === rightWord);
  if (leftWord === rightWord && leftWord.length >= 6 && onlyOneNumbered) {
    return { domain: one.domain, differs: 'digits' };
  }
  return undefined;
}

function splitAddress(email: string | null): { readonly local: string; readonly domain: string } | undefined {
  if (email === null) return undefined;
  const at = email.lastIndexOf('@');
  if (at < 1) return undefined;
  return { local: email.slice(0, at).toLowerCase(), domain: email.slice(at + 1).toLowerCase() };
}

function bareLocal(local: string): string {
  return local.replace(/\+.*$/, '').replace(/[.\-_]/g, '');
}

function nameKey({ first_name, last_name, name }: Person): string {
  const full = first_name !== null && last_name !== null ? `${first_name} ${last_name}` : (name ?? '');
  const key = full
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{Letter} ]/gu, '')
    .trim();
  return key.includes(' ') ? key : '';
}

// The last nine digits: the same number with and without its country code.
function phoneKey(phone: string | null): string | undefined {
  const digits = phone?.replace(/\D/g, '') ?? '';
  return digits.length >= 8 ? digits.slice(-9).replace(/^0+/, '') : undefined;
}
