import { domainToASCII } from 'node:url';
import { ownText } from '../own-text.ts';

export interface Address {
  /** As it is mailed: the local part as written, the domain in lower case, international names in their ASCII form. */
  readonly email: string;
  /** Equal for two addresses exactly when they are the same mailbox, as far as the provider documents it. */
  readonly address_key: string;
  /** The domain of `email`. */
  readonly domain: string;
}

export interface Provider {
  /** The name under which all of its domains count. */
  readonly domain: string;
  readonly ignoresDots: boolean;
}

// What comes after a plus is a tag at each of these, as they document themselves; at other domains it is kept, since there
// `jan+1@` may be another person. Gmail also ignores dots, and googlemail.com is gmail.com.
const PROVIDERS = new Map<string, Provider>(
  Object.entries({
    'gmail.com': { domain: 'gmail.com', ignoresDots: true },
    'googlemail.com': { domain: 'gmail.com', ignoresDots: true },
    'outlook.com': { domain: 'outlook.com', ignoresDots: false },
    'hotmail.com': { domain: 'hotmail.com', ignoresDots: false },
    'live.com': { domain: 'live.com', ignoresDots: false },
    'icloud.com': { domain: 'icloud.com', ignoresDots: false },
    'me.com': { domain: 'me.com', ignoresDots: false },
    'mac.com': { domain: 'mac.com', ignoresDots: false },
    'fastmail.com': { domain: 'fastmail.com', ignoresDots: false },
    'proton.me': { domain: 'proton.me', ignoresDots: false },
    'protonmail.com': { domain: 'protonmail.com', ignoresDots: false },
    'pm.me': { domain: 'pm.me', ignoresDots: false },
  }),
);

// RFC 5321: dot-string only. Quoted local parts, address literals, comments and single-label domains are legal, but mailing
// services refuse them and in a customer export they are mistakes.
const LOCAL = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/i;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
// Blanks only: an address with a line end in it is an attempt to smuggle in a header.
const PADDED = /^[ \t\u00A0]|[ \t\u00A0]$/;
const PADDING = /^[ \t\u00A0]+|[ \t\u00A0]+$/g;
export const MAX_LOCAL = 64;
export const MAX_ADDRESS = 254;
const HOSTS_KEPT = 10_000;
const hosts = new Map<string, Host>();

/** An address that can be mailed, or undefined. Blanks around it don't matter. */
export function parseAddress(text: string): Address | undefined {
  const trimmed = PADDED.test(text) ? text.replace(PADDING, '') : text;
  const at = trimmed.lastIndexOf('@');
  const local = trimmed.slice(0, at);
  if (at < 1 || local.length > MAX_LOCAL || !LOCAL.test(local)) return undefined;
  const written = trimmed.slice(at + 1);
  const { domain, provider } = findHost(written) ?? {};
  if (domain === undefined || at + 1 + domain.length > MAX_ADDRESS) return undefined;
  const email = domain === written ? trimmed : `${local}@${domain}`;
  const lower = local.toLowerCase();
  if (provider !== undefined) return { email, address_key: keyAt(provider, lower), domain };
  return { email, address_key: lower === local ? email : `${lower}@${domain}`, domain };
}

/** Who has that domain, where it is a provider of many people's mailboxes. */
export function findProvider(domain: string): Provider | undefined {
  return PROVIDERS.get(domain);
}

interface Host {
  readonly domain: string;
  readonly provider: Provider | undefined;
}

/** Most people are at few domains: what they turn out to be is kept. */
function findHost(text: string): Host | undefined {
  const known = hosts.get(text);
  if (known !== undefined) return known;
  const parsed = parseDomain(text);
  if (parsed === undefined) return undefined;
  const domain = ownText(parsed);
  const host = { domain, provider: findProvider(domain) };
  if (hosts.size < HOSTS_KEPT) hosts.set(ownText(text), host);
  return host;
}

function parseDomain(text: string): string | undefined {
  // domainToASCII reads as URLs are read: it drops line ends and percent-decodes, which no address allows.
  const isInternational = /[^\x20-\x7e]/.test(text) && !/[\s%]|\p{Cc}/u.test(text);
  const domain = isInternational ? domainToASCII(text) : text.toLowerCase();
  const labels = domain.split('.');
  if (labels.length < 2 || !labels.every((label) => LABEL.test(label))) return undefined;
  return /^\d+$/.test(labels.at(-1) ?? '') ? undefined : domain;
}

function keyAt({ domain, ignoresDots }: Provider, local: string): string {
  const untagged = local.includes('+') && !local.startsWith('+') ? local.slice(0, local.indexOf('+')) : local;
  const plain = ignoresDots ? untagged.replaceAll('.', '') : untagged;
  // `a.+b` is an address, but `a.` would be none: there the tag stays.
  return `${LOCAL.test(plain) ? plain : local}@${domain}`;
}
