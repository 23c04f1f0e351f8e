/** Classes of recipient domains and the domains in them; `yahoo.*` is that name under any public ending. */
export type DomainClasses = Readonly<Record<string, readonly string[]>>;

/** The class of every domain that no class names. */
export const OTHER_CLASS = 'other';

/** The mailbox providers that most consumer lists consist of, by their own domains. */
export const DEFAULT_DOMAIN_CLASSES: DomainClasses = {
  gmail: ['gmail.com', 'googlemail.com'],
  microsoft: ['outlook.*', 'hotmail.*', 'live.*', 'msn.com', 'windowslive.com'],
  yahoo: ['yahoo.*', 'ymail.com', 'rocketmail.com', 'myyahoo.com', 'aol.*'],
};

// `com`, `nl`, `co.uk`, `com.au`: more would let `live.*` take the hosts of other people's domains.
const ENDING = /^(?:[a-z]{2,3}\.)?[a-z]{2,}$/;

/** Gives the class of an address: an exact domain first, then a `name.*`, else `other`. */
export function createDomainClassifier(classes: DomainClasses): (address: string) => string {
  const exact = new Map<string, string>();
  const names = new Map<string, string>();
  for (const [name, domains] of Object.entries(classes)) {
    for (const domain of domains.map((text) => text.toLowerCase())) {
      if (domain.endsWith('.*')) names.set(domain.slice(0, -2), name);
      else exact.set(domain, name);
    }
  }
  return (address) => {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
    const found = exact.get(domain);
    if (found !== undefined) return found;
    const dot = domain.indexOf('.');
    const byName = names.get(domain.slice(0, dot));
    return byName !== undefined && ENDING.test(domain.slice(dot + 1)) ? byName : OTHER_CLASS;
  };
}
