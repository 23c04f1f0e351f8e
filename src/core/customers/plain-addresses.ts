import type { AddressCounts } from './address-counter.ts';
import { type Address, findProvider, MAX_ADDRESS, MAX_LOCAL } from './address-key.ts';
import { LONGEST_ROLE, ROLES } from './address-notes.ts';
import { ByteMemory } from './byte-memory.ts';

const AT = 0x40;
const DOT = 0x2e;
const PLUS = 0x2b;
const APOSTROPHE = 0x27;
// What RFC 5321 lets a local part be of, without capitals and dots: 1 for each.
const LOCAL = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-") {
  LOCAL[character.charCodeAt(0)] = 1;
}

/** A domain as a file writes it, and as it is mailed. */
interface Host {
  readonly domain: string;
  readonly ignoresDots: boolean;
  readonly ignoresTags: boolean;
  /** How many rows have it. */
  rows: number;
}

/** Finds addresses in bytes that are mailed as they are written, at domains of which one address was read as text. */
export class PlainAddresses {
  /** Where the `@` of the address found last is, and how many dots before it its key is without. */
  at = 0;
  dots = 0;
  readonly #known = new ByteMemory();
  readonly #hosts: Host[] = [];
  readonly #roles = new ByteMemory();
  #host: Host | undefined;
  #isRole = false;
  #roleRows = 0;

  constructor() {
    for (const role of ROLES) {
      const bytes = Buffer.from(role);
      this.#roles.add(bytes, 0, bytes.length, '');
    }
  }

  /** Is this an address, with a key that differs from it by dots at most? */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    const at = endOfLocal(bytes, start);
    if (at === -1 || at >= end || at - start > MAX_LOCAL || end - start > MAX_ADDRESS) return false;
    const host = this.#hosts[this.#known.find(bytes, at + 1, end)];
    if (host === undefined) return false;
    if (host.ignoresTags && count(bytes, start, at, PLUS) > 0) return false;
    this.at = at;
    this.dots = host.ignoresDots ? count(bytes, start, at, DOT) : 0;
    this.#host = host;
    this.#isRole = at - start - this.dots <= LONGEST_ROLE && this.#isRoleAt(bytes, start, at);
    return true;
  }

  /** Counts the address found last. */
  note(): void {
    if (this.#host !== undefined) this.#host.rows += 1;
    if (this.#isRole) this.#roleRows += 1;
  }

  /** Learns the domain of an address that was read as text from these bytes. */
  learn(bytes: Uint8Array, start: number, end: number, { domain }: Address): void {
    const from = end - domain.length;
    if (from <= start || Buffer.from(bytes.subarray(from, end)).toString('latin1') !== domain) return;
    const provider = findProvider(domain);
    if (provider !== undefined && provider.domain !== domain) return;
    if (this.#known.find(bytes, from, end) !== -1 || this.#known.add(bytes, from, end, '') === -1) return;
    const { ignoresDots = false } = provider ?? {};
    this.#hosts.push({ domain, ignoresDots, ignoresTags: provider !== undefined, rows: 0 });
  }

  counts(): AddressCounts {
    const domains = this.#hosts.map(({ domain, rows }) => [domain, rows] as const);
    return { role: this.#roleRows, domains: new Map(domains) };
  }

  /** No role has a dot in its name: with one, it is none but for the dots that its key is without. */
  #isRoleAt(bytes: Uint8Array, start: number, at: number): boolean {
    if (this.dots === 0) return this.#roles.find(bytes, start, at) !== -1;
    const local = Buffer.from(bytes.subarray(start, at).filter((byte) => byte !== DOT));
    return this.#roles.find(local, 0, local.length) !== -1;
  }
}

/** Where the `@` behind a local part in small letters is, perhaps in a later cell; -1 when something else is behind it. */
function endOfLocal(bytes: Uint8Array, start: number): number {
  // An apostrophe may stand before it that keeps it from being a formula.
  if (bytes[start] === APOSTROPHE) return -1;
  let at = start;
  while (true) {
    const begin = at;
    while (LOCAL[bytes[at] ?? 0] === 1) at += 1;
    if (at === begin) return -1;
    if (bytes[at] !== DOT) return bytes[at] === AT ? at : -1;
    at += 1;
  }
}

function count(bytes: Uint8Array, start: number, end: number, byte: number): number {
  let found = 0;
  for (let at = start; at < end; at += 1) if (bytes[at] === byte) found += 1;
  return found;
}
