import type { Address } from './address-key.ts';
import { isRoleAddress, suggestDomain } from './address-notes.ts';

/** What is odd about the addresses of a file, none of which refuses a row. */
export interface AddressNotes {
  /** Rows with an address of a provider of disposable ones. */
  readonly disposable: number;
  /** Rows with an address of a role, such as info@, not of a person. */
  readonly role: number;
  /** Domains that look mistyped, the most frequent first; at most 20. */
  readonly suggestions: readonly DomainSuggestion[];
}

export interface DomainSuggestion {
  readonly domain: string;
  readonly suggestion: string;
  readonly rows: number;
}

/** What a file has been seen to hold; plain data, so that it can come from another thread. */
export interface AddressCounts {
  readonly role: number;
  /** Rows by domain. */
  readonly domains: ReadonlyMap<string, number>;
}

export interface AddressCounter {
  /** Counts so many rows with this address; fewer than none takes them back. */
  note(address: Pick<Address, 'domain' | 'address_key'>, rows: number): void;
  counts(): AddressCounts;
}

const LISTED = 20;
// Bounds the memory; the domains that most people are at turn up long before.
const DOMAINS_COUNTED = 50_000;

/** Counts the addresses of a file by domain. */
export function createAddressCounter(): AddressCounter {
  const counted = new Map<string, { rows: number }>();
  let role = 0;
  return {
    note({ domain, address_key }, rows) {
      const count = counted.get(domain);
      if (count !== undefined) count.rows += rows;
      else if (counted.size < DOMAINS_COUNTED) counted.set(domain, { rows });
      if (isRoleAddress(address_key)) role += rows;
    },
    counts: () => ({ role, domains: new Map([...counted].map(([domain, { rows }]) => [domain, rows])) }),
  };
}

/** What two readers counted of one file. */
export function addCounts(one: AddressCounts, other: AddressCounts): AddressCounts {
  const domains = new Map(one.domains);
  for (const [domain, rows] of other.domains) domains.set(domain, rows + (domains.get(domain) ?? 0));
  return { role: one.role + other.role, domains };
}

/** What there is to say about the addresses of a file. */
export async function noteAddresses({ role, domains }: AddressCounts): Promise<AddressNotes> {
  const { disposableEmailBlocklistSet } = await import('disposable-email-domains-js');
  const listed = disposableEmailBlocklistSet();
  const suggestions: DomainSuggestion[] = [];
  let disposable = 0;
  for (const [domain, rows] of domains) {
    // Of a domain beyond those that are counted, rows were taken back alone.
    if (rows <= 0) continue;
    const suggestion = suggestDomain(domain);
    if (suggestion !== undefined) suggestions.push({ domain, suggestion, rows });
    // Lists of disposable domains have many slips in them, whose owners collect what goes astray.
    else if (listed.has(domain)) disposable += rows;
  }
  suggestions.sort((a, b) => b.rows - a.rows || (a.domain < b.domain ? -1 : 1));
  return { disposable, role, suggestions: suggestions.slice(0, LISTED) };
}
