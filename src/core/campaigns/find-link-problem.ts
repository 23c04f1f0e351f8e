import { isReservedHost } from '../settings/placeholders.ts';

export interface LinkProblem {
  /** `example`: a form that is right, with a host that is only an example. */
  readonly kind: 'broken' | 'insecure' | 'example';
  /** Follows the address: `is not absolute`. */
  readonly message: string;
}

const PLACEHOLDER = /\{[{%]|[%}]\}|\{[a-z_]+\}|%7b|\[%|%\]|<%|\bTODO\b|\bXXX\b/i;
const LOCAL = /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|.*\.local)$/i;

/** What is wrong with the form of an address in a mail, or undefined: it has to be absolute, https and whole. */
export function findLinkProblem(url: string): LinkProblem | undefined {
  const broken = (message: string): LinkProblem => ({ kind: 'broken', message });
  if (url.trim() === '') return broken('is empty');
  if (/^#/.test(url)) return broken('leads nowhere');
  if (/^(?:mailto:[^\s@]+@[^\s@]+|tel:\+?[\d().-]+|data:image\/)/i.test(url)) return undefined;
  if (/[\s\p{Cc}]/u.test(url)) return broken('has a blank in it');
  if (PLACEHOLDER.test(url)) return broken('still has a placeholder');
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url)) return broken('is not absolute: it has to begin with https://');
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined) return broken('is no address');
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    return broken(`begins with ${parsed.protocol}`);
  return findHostProblem(parsed.hostname, parsed.protocol === 'http:');
}

function findHostProblem(host: string, isInsecure: boolean): LinkProblem | undefined {
  if (LOCAL.test(host)) return { kind: 'broken', message: 'leads to the machine of whoever reads it' };
  if (!host.includes('.')) return { kind: 'broken', message: 'has no public host' };
  if (isInsecure) return { kind: 'insecure', message: 'is http, not https' };
  return isReservedHost(host) ? { kind: 'example', message: 'leads to an example' } : undefined;
}
