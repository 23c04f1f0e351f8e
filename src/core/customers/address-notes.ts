import { distance } from 'fastest-levenshtein';

// RFC 2142 and what businesses use: a mailbox that several people read.
export const ROLES = new Set([
  ...[
    'info',
    'contact',
    'admin',
    'administrator',
    'office',
    'sales',
    'support',
    'help',
    'service',
    'team',
    'hello',
    'mail',
  ],
  ...[
    'noreply',
    'no-reply',
    'postmaster',
    'hostmaster',
    'webmaster',
    'abuse',
    'security',
    'billing',
    'accounts',
    'hr',
    'jobs',
  ],
  ...['reservations', 'booking', 'bookings', 'reception', 'frontdesk', 'marketing', 'press', 'newsletter'],
  ...[
    'kontakt',
    'buero',
    'verkauf',
    'contacto',
    'ventas',
    'reservas',
    'accueil',
    'administratie',
    'boekhouding',
    'verkoop',
  ],
]);
export const LONGEST_ROLE = Math.max(...[...ROLES].map((role) => role.length));
// Where most people have their mail; none of them is a slip of another.
const USUAL_DOMAINS = [
  ...[
    'gmail.com',
    'hotmail.com',
    'outlook.com',
    'yahoo.com',
    'icloud.com',
    'live.com',
    'aol.com',
    'googlemail.com',
  ],
  ...[
    'hotmail.fr',
    'hotmail.nl',
    'hotmail.es',
    'hotmail.co.uk',
    'yahoo.fr',
    'yahoo.de',
    'yahoo.es',
    'yahoo.co.uk',
    'live.nl',
  ],
  ...[
    'gmx.de',
    'gmx.net',
    'web.de',
    't-online.de',
    'freenet.de',
    'ziggo.nl',
    'kpnmail.nl',
    'planet.nl',
    'xs4all.nl',
    'telenet.be',
  ],
  ...[
    'orange.fr',
    'wanadoo.fr',
    'free.fr',
    'laposte.net',
    'sfr.fr',
    'telefonica.net',
    'protonmail.com',
    'proton.me',
  ],
];
const USUAL = new Set(USUAL_DOMAINS);
// Providers of their own, one letter from one above.
const REAL = new Set([
  'mail.com',
  'gmx.com',
  'gmx.at',
  'gmx.ch',
  'ymail.com',
  'email.com',
  'live.be',
  'live.fr',
  'hotmail.de',
  'hotmail.it',
  'hotmail.be',
  'yahoo.it',
  'yahoo.ca',
  'yahoo.in',
  'aol.de',
  'me.com',
  'fmail.com',
  'free.de',
]);
const LEAST_LENGTH = 7;

/** Is this a mailbox of a role, such as info@, and not of a person? */
export function isRoleAddress(addressKey: string): boolean {
  const local = addressKey.lastIndexOf('@');
  return local <= LONGEST_ROLE && ROLES.has(addressKey.slice(0, local));
}

/** The domain that was probably meant: `gmial.com` → `gmail.com`, `hotmail.con` → `hotmail.com`. One letter wrong, missing, too many or swapped. */
export function suggestDomain(domain: string): string | undefined {
  if (USUAL.has(domain) || REAL.has(domain) || domain.length < LEAST_LENGTH) return undefined;
  return USUAL_DOMAINS.find((usual) => isSlip(domain, usual));
}

function isSlip(domain: string, usual: string): boolean {
  if (usual.length < LEAST_LENGTH || Math.abs(domain.length - usual.length) > 1) return false;
  if (distance(domain, usual) <= 1) return sameCountry(domain, usual);
  return domain.length === usual.length && isSwap(domain, usual);
}

/** `yahoo.be` is no slip of `yahoo.de`: endings of two letters are countries. */
function sameCountry(domain: string, usual: string): boolean {
  const [ending = '', usualEnding = ''] = [domain, usual].map((one) => one.slice(one.lastIndexOf('.') + 1));
  return ending === usualEnding || usualEnding.length > 2;
}

function isSwap(domain: string, usual: string): boolean {
  const at = [...domain].findIndex((letter, index) => letter !== usual[index]);
  const swapped = domain.slice(0, at) + (domain[at + 1] ?? '') + (domain[at] ?? '') + domain.slice(at + 2);
  return swapped === usual;
}
