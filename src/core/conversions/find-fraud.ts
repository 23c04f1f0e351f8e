import type { Rules } from '../contests/rules.ts';
import type { FraudAction } from '../contests/rules-fraud.ts';
import { bareLocal, nameKey, type Person, phoneKey, postalKey, splitAddress } from './person-keys.ts';

export type FraudRule = Exclude<keyof Rules['fraud'], symbol>;

/** A named rule that a referral trips, with what it saw; no address and no phone number is copied into the evidence. */
export interface FraudFinding {
  readonly rule: FraudRule;
  readonly action: FraudAction;
  readonly evidence: Readonly<Record<string, unknown>>;
}

export type PersonalFraudRule =
  | 'same_mailbox'
  | 'alias'
  | 'same_phone'
  | 'same_address'
  | 'disposable_domain';

/** Is this the domain of a throw-away mailbox? Given from outside, so that the list loads only when it is needed. */
export type IsDisposable = (domain: string) => boolean;

/** What a rule of the contest does with what it finds. */
export function actionOf(fraud: Rules['fraud'], rule: FraudRule): FraudAction {
  const named = fraud[rule];
  return typeof named === 'string' ? named : named.action;
}

/** Does any rule look at people? */
export function looksAtPeople(fraud: Rules['fraud']): boolean {
  const rules: readonly PersonalFraudRule[] = [
    'same_mailbox',
    'alias',
    'same_phone',
    'same_address',
    'disposable_domain',
  ];
  return rules.some((rule) => actionOf(fraud, rule) !== 'ignore');
}

const NONE: readonly FraudFinding[] = [];

/** The findings of the rules that look at two people: the code's owner and the friend. Ignored rules find nothing. */
export function findPersonalFraud(
  referrer: Person,
  friend: Person,
  rules: Rules['fraud'],
  isDisposable: IsDisposable,
): readonly FraudFinding[] {
  let findings: FraudFinding[] | undefined;
  const check = (rule: PersonalFraudRule, look: () => Record<string, unknown> | undefined): void => {
    const action = actionOf(rules, rule);
    if (action === 'ignore') return;
    const evidence = look();
    if (evidence === undefined) return;
    findings ??= [];
    findings.push({ rule, action, evidence });
  };
  const sameMailbox = referrer.address_key !== null && referrer.address_key === friend.address_key;
  check('same_mailbox', () => (sameMailbox ? { same: 'address_key' } : undefined));
  check('alias', () => (sameMailbox ? undefined : findAlias(referrer, friend)));
  check('same_phone', () => {
    if (referrer.phone === null || friend.phone === null) return undefined;
    const phone = phoneKey(referrer.phone);
    return phone !== undefined && phone === phoneKey(friend.phone) ? { same: 'phone' } : undefined;
  });
  check('same_address', () => {
    if (referrer.postal === null || friend.postal === null) return undefined;
    const postal = postalKey(referrer.postal);
    const same = postal !== undefined && postal === postalKey(friend.postal);
    return same ? { same: rules.same_address.attributes } : undefined;
  });
  check('disposable_domain', () => {
    const domain = splitAddress(friend.email)?.domain;
    return domain !== undefined && isDisposable(domain) ? { domain } : undefined;
  });
  return findings ?? NONE;
}

// Two addresses of what may be one person: at the same domain, the same local part but for a tag, dots, hyphens or a
// number at the end of one of them, or any local part under the same full name.
function findAlias(referrer: Person, friend: Person): Record<string, unknown> | undefined {
  const one = splitAddress(referrer.email);
  const two = splitAddress(friend.email);
  if (one === undefined || two === undefined || one.domain !== two.domain) return undefined;
  const [left, right] = [bareLocal(one.local), bareLocal(two.local)];
  if (left === right) return { domain: one.domain, differs: 'tag_or_dots' };
  const name = nameKey(referrer);
  if (name !== '' && name === nameKey(friend))
    return { domain: one.domain, differs: 'address', same: 'name' };
  const [leftWord, rightWord] = [left.replace(/\d+$/, ''), right.replace(/\d+$/, '')];
  const onlyOneNumbered = (left === leftWord) !== (right === rightWord);
  if (leftWord === rightWord && leftWord.length >= 6 && onlyOneNumbered) {
    return { domain: one.domain, differs: 'digits' };
  }
  return undefined;
}
