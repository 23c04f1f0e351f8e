import type { Config } from '../settings/config.ts';
import { isReservedHost } from '../settings/placeholders.ts';
import { type PlanCheck, passed, refused, warned } from './plan-check.ts';

/** Is the sender's address one that the provider has verified, as far as the configuration says? */
export function checkFromAddress({ mail }: Config): PlanCheck {
  const name = 'from_address';
  const { from_email, verified_senders } = mail;
  const domain = domainOf(from_email);
  if (isReservedHost(domain)) {
    return warned(
      name,
      `${from_email} is a placeholder; only the outbox takes it`,
      'Set mail.from_email to an address of your own.',
    );
  }
  const fix = `Verify ${domain} with your provider, then add it to mail.verified_senders; or change mail.from_email.`;
  if (verified_senders.length === 0) {
    return warned(name, `mail.verified_senders does not say that ${from_email} is verified`, fix);
  }
  const isVerified = verified_senders.some((sender) =>
    sender.includes('@') ? sender.toLowerCase() === from_email.toLowerCase() : isWithin(domain, sender),
  );
  if (isVerified) return passed(name, `${from_email} is verified`);
  return refused(name, `${from_email} is not in mail.verified_senders`, fix);
}

/**
 * DMARC (RFC 7489, section 3.1): the domain that signs, or the one that bounces go to, has to be that of the sender.
 * Relaxed alignment takes a domain above or below it; that two siblings share an organisation can't be told without the
 * list of public suffixes, and is not claimed. Nothing is looked up.
 */
export function checkDmarc({ mail }: Config): PlanCheck {
  const name = 'dmarc';
  const domain = domainOf(mail.from_email);
  const { dkim_domain, return_path_domain, dmarc_alignment } = mail;
  const configured = [
    ...(dkim_domain === undefined ? [] : [{ how: 'signed by', domain: dkim_domain }]),
    ...(return_path_domain === undefined ? [] : [{ how: 'bounces to', domain: return_path_domain }]),
  ];
  if (configured.length === 0) {
    return warned(
      name,
      `nothing says who signs the mails from ${domain}`,
      'Set mail.dkim_domain to the domain that your provider signs with, or mail.return_path_domain to the one bounces go to.',
    );
  }
  const aligned = configured.find((entry) =>
    dmarc_alignment === 'strict'
      ? entry.domain.toLowerCase() === domain
      : isWithin(domain, entry.domain) || isWithin(entry.domain, domain),
  );
  if (aligned !== undefined)
    return passed(name, `From ${domain}, ${aligned.how} ${aligned.domain}: aligned (${dmarc_alignment})`);
  const others = configured.map((entry) => `${entry.how} ${entry.domain}`).join(', ');
  return refused(
    name,
    `From ${domain}, but ${others}: not aligned (${dmarc_alignment})`,
    `Authenticate ${domain} with your provider, or send from an address at ${configured[0]?.domain ?? domain}.`,
  );
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function isWithin(domain: string, parent: string): boolean {
  const [inner, outer] = [domain.toLowerCase(), parent.toLowerCase()];
  return inner === outer || inner.endsWith(`.${outer}`);
}
